using System.Text;
using System.Text.RegularExpressions;
using Jobs.Domain.Compilation;
using Jobs.Execution.Isolation;
using static Jobs.Execution.Tests.Compilation.CompilerFixture;

namespace Jobs.Execution.Tests.Compilation;

/// <summary>Sources that try to read what is not theirs. None may, in any isolation: neither in a bundle nor in an error.</summary>
public sealed class HostileSourcesTests : IClassFixture<CompilerFixture>, IDisposable
{
    private const string Mark = "s3cr3t-of-the-host";

    private readonly CompilerFixture _compilers;
    private readonly string _host = Directory.CreateTempSubdirectory("host-secrets-").FullName;

    public HostileSourcesTests(CompilerFixture compilers)
    {
        _compilers = compilers;
        foreach (var (name, content) in new[]
        {
            ("secret.json", $$"""{ "{{Mark}}": 1 }"""),
            ("secret.txt", Mark),
            ("secret", $"{Mark}:x:0:0\n"),
            ("secret.css", $".{Mark} {{ color: red }}"),
            ("secret.ts", $"export default '{Mark}' as const;"),
            ("secret.d.ts", $"declare const secret: '{Mark}';"),
            ("secret.js", $"export default '{Mark}';"),
            ("secret.png", Mark),
            ("package.json", $$"""{ "name": "secret", "main": "secret.js" }"""),
        })
        {
            File.WriteAllText(Path.Combine(_host, name), content);
        }
    }

    public static TheoryData<ProcessIsolation, string> Attacks
    {
        get
        {
            string[] attacks =
            [
                "import x from 'HOST/secret.json';",
                "import x from 'HOST/secret.json' with { type: 'json' };",
                "import x from 'HOST/secret.txt';",
                "import x from 'HOST/secret';",
                "import x from 'HOST/secret.ts';",
                "import x from 'HOST/secret';const y: number = x;",
                "import x from 'HOST/secret' with { type: 'text' };",
                "import x from 'HOST/secret.txt' with { type: 'bytes' };",
                "import x from 'HOST';",
                "import 'HOST/secret.css';",
                "import x from 'UP/secret.json';",
                "import x from 'UP/secret.js';",
                "import x from '../../../../../../../../..UP/secret.txt';",
                "export * from 'HOST/secret.ts';",
                "export * as x from 'HOST/secret.js';",
                "const x = await import('HOST/secret.json');",
                "const x = await import(`HOST/secret.json`);",
                "const x = require('HOST/secret.json');",
                "const x = require.resolve('HOST/secret.json');",
                "import x = require('HOST/secret.json');",
                "import x from '\\u{2f}HOST/secret.json';",
                "import type x from 'HOST/secret.ts'; const y: x = 1;",
                "const x: typeof import('HOST/secret.json') = 1;",
                "const x: typeof import('HOST/secret') = 1;",
                "import x from 'file://HOST/secret.json';",
                "import x from 'file:HOST/secret.txt';",
                "import x from '/etc/passwd';",
                "import x from '/etc/passwd' with { type: 'json' };",
                "import x from '/proc/self/environ';",
                "import x from '/proc/self/environ' with { type: 'text' };",
                "import x from '../../../../../../../../../../etc/passwd';",
                "import x from 'node:fs';",
                "import x from 'fs';",
                "import x from 'lodash';",
                "import x from 'scheduler';",
                "import x from 'csstype';",
                "import x from 'typescript';",
                "import x from 'react/../scheduler';",
                "import x from '#internal';",
                "import x from 'https://esm.sh/lodash';",
                "import 'http://127.0.0.1/x.js';",
                "import '//127.0.0.1/x.js';",
                "import 'HTTPS://esm.sh/x.js';",
                "import x from 'data:text/javascript,export default 1';",
                "import x from 'data:application/json,{}';",
                "import x from '../../entry/mount.tsx';",
                "import x from '../../entry/tsconfig.json';",
                "import x from '../../esbuild' with { type: 'bytes' };",
                "import x from '../../node_modules/react-dom/node_modules/scheduler/index.js';",
                "import x from './notes.txt';",
                "/// <reference path='HOST/secret.d.ts' />\nconst y: number = secret;",
                "/// <reference path='/etc/passwd' />",
                "/// <reference types='HOST/secret' />\nconst y: number = secret;",
                "/// <reference types='node' />",
                "/** @jsxImportSource HOST/secret */",
                "/** @jsxImportSource https://esm.sh/preact */",
                "import './evil.css';/*CSS @import 'HOST/secret.css'; */",
                "import './evil.css';/*CSS @import url(HOST/secret.css); */",
                "import './evil.css';/*CSS @import 'HOST/secret'; */",
                "import './evil.css';/*CSS @import 'UP/secret.css'; */",
                "import './evil.css';/*CSS @import 'https://127.0.0.1/x.css'; */",
                "import './evil.css';/*CSS @import '//127.0.0.1/x.css'; */",
                "import './evil.css';/*CSS a { background: url(HOST/secret.png) } */",
                "import './evil.css';/*CSS a { background: url('UP/secret.txt') } */",
                "import './evil.css';/*CSS a { background: url(https://127.0.0.1/x.png) } */",
                "import './evil.css';/*CSS a { --x: url(//127.0.0.1/x.png) } */",
                "import './evil.css';/*CSS a { background: url(data:text/html,hello) } */",
                "import './evil.css';/*CSS @font-face { font-family: x; src: url(/etc/passwd) } */",
                "import './evil.module.css';/*CSS .a { composes: b from 'HOST/secret.css' } */",
            ];
            var data = new TheoryData<ProcessIsolation, string>();
            foreach (var isolation in CompilerFixture.Available)
            {
                foreach (var attack in attacks)
                {
                    // In a root of its own the type checker finds nothing; without its help the attack gets further.
                    if (isolation == ProcessIsolation.None || attack.StartsWith('/'))
                    {
                        data.Add(isolation, attack);
                    }

                    if (!attack.StartsWith('/'))
                    {
                        data.Add(isolation, "// @ts-nocheck\n" + attack);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Import_of_what_is_not_the_widgets_own_fails_and_shows_nothing(ProcessIsolation isolation, string attack)
    {
        var up = string.Concat(Enumerable.Repeat("../", 16)) + _host[1..];
        attack = attack.Replace("HOST", _host).Replace("UP", up);
        var css = attack.Split("/*CSS") is [_, var style] ? style.Replace("*/", "") : "";
        // "x" is used, so that no import is dropped as unused.
        var app = $"{attack.Split("/*CSS")[0]}\nexport default () => <b>{{typeof x === 'string' ? x : JSON.stringify(x)}}</b>;\ndeclare const x: unknown;";
        var result = await CompileAsync(
            _compilers[isolation],
            Widget(
                attack.Contains(" x ") ? app.Replace("\ndeclare const x: unknown;", "") : app,
                ("src/evil.css", css),
                ("src/evil.module.css", css),
                ("src/notes.txt", "a note")));

        if (result is CompileResult.Succeeded bundle)
        {
            // Only a type can be imported without a trace, and a comment need not be heeded.
            Assert.DoesNotContain(Mark, Encoding.UTF8.GetString(bundle.Script.Span) + Encoding.UTF8.GetString(bundle.Style.Span));
            Assert.Matches("import type|typeof import|^// @ts-nocheck\n///|require", attack);
        }
        else
        {
            var details = ((CompileResult.Failed)result).Details;
            Assert.DoesNotContain(Mark, details);
            Assert.DoesNotContain("root:", details);
            Assert.DoesNotContain("jobs-compile", details);
            Assert.NotEmpty(details);
        }
    }

    [Theory]
    [InlineData("\nimport x from 'lodash';", "src/App.tsx:2:15: error TS2307: 'lodash' cannot be found; a widget can import its own files, react and react-dom")]
    [InlineData("import x from 'node:fs';", "src/App.tsx:1:15: error TS2591: 'node:fs' cannot be found; a widget can import its own files, react and react-dom")]
    [InlineData("// @ts-nocheck\nimport x from 'https://esm.sh/x';", "src/App.tsx:2:15: error: \"https://esm.sh/x\" cannot be imported: a widget can import")]
    [InlineData("// @ts-nocheck\nimport x from 'data:text/javascript,export default 1';", "src/App.tsx:2:15: error: \"data:text/javascript,export default 1\" cannot be")]
    [InlineData("// @ts-nocheck\nimport x from './a.txt';", "src/a.txt: error: this kind of file cannot be imported; .ts, .tsx, .js, .jsx, .css, .json can")]
    [InlineData("import './a.css'; const x = 1;", "src/a.css:2:21: error: \"https://127.0.0.1/x.png\" cannot be loaded: a style sheet can use")]
    public async Task Refused_import_is_told_with_its_place_and_what_is_allowed(string attack, string expected)
    {
        var details = await FailAsync(
            _compilers[Strongest],
            Widget(attack + "\nexport default () => <b>{x}</b>;", ("src/a.txt", ""), ("src/a.css", "\na { background: url(https://127.0.0.1/x.png) }")));
        Assert.StartsWith(expected, details);
    }

    [Theory]
    [MemberData(nameof(CompilerFixture.Isolations), MemberType = typeof(CompilerFixture))]
    public async Task Configuration_among_the_sources_configures_nothing(ProcessIsolation isolation)
    {
        var bundle = await SucceedAsync(_compilers[isolation], Widget(
            "import { useState } from 'react';\nexport default () => <b>{useState('mine')[0]}</b>;",
            ("tsconfig.json", $$"""{ "extends": "{{_host}}/secret.json", "compilerOptions": { "paths": { "react": ["{{_host}}/secret.ts"] }, "plugins": [{ "name": "x" }] } }"""),
            ("src/tsconfig.json", $$"""{ "compilerOptions": { "strict": false, "baseUrl": "{{_host}}", "jsxImportSource": "evil" } }"""),
            ("jsconfig.json", $$"""{ "compilerOptions": { "paths": { "react": ["{{_host}}/secret.js"] } } }"""),
            ("package.json", $$"""{ "browser": { "react": "{{_host}}/secret.js" }, "imports": { "#x": "{{_host}}/secret.js" }, "sideEffects": false }"""),
            (".pnp.data.json", $$"""{ "dependencyTreeRoots": [], "packageRegistryData": [[null, [[null, { "packageLocation": "{{_host}}/" }]]]] }"""),
            (".env", "NODE_ENV=development"),
            ("entry/mount.tsx", "export const mount = 'not ours';"),
            ("mount.tsx", "export const mount = 'not ours';"),
            ("src/react.ts", "export const useState = 'not ours';"),
            ("src/App.ts", "export default 'not ours';"),
            ("src/App.d.ts", "declare const App: 'not ours'; export default App;")));
        var script = Encoding.UTF8.GetString(bundle.Script.Span);
        Assert.DoesNotContain(Mark, script);
        Assert.DoesNotContain("not ours", script);
        Assert.Contains("mine", script);
    }

    [Theory]
    [InlineData("node_modules/react/index.js")]
    [InlineData("src/node_modules/react/index.js")]
    [InlineData("src/Node_Modules/react/index.js")]
    public async Task Packages_among_the_sources_are_refused(string path)
    {
        var details = await FailAsync(_compilers[Strongest], Widget("export default () => <b/>;", (path, "export default 'evil';")));
        Assert.StartsWith($"{path}: error: a widget cannot bring packages", details);
    }

    [Fact]
    public async Task Concurrent_builds_do_not_see_one_another()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            var bundle = await SucceedAsync(
                _compilers[Strongest],
                Widget($"import {{ name }} from './name';\nexport default () => <b>{{name}}</b>;", ("src/name.ts", $"export const name = 'widget-{i}-end';")));
            return Encoding.UTF8.GetString(bundle.Script.Span);
        }));
        for (var i = 0; i < results.Length; i++)
        {
            Assert.Equal([$"widget-{i}-end"], Regex.Matches(results[i], @"widget-\d+-end").Select(match => match.Value).Distinct());
        }
    }

    public void Dispose() => Directory.Delete(_host, recursive: true);

    private static ProcessIsolation Strongest => CompilerFixture.Available[0];
}
