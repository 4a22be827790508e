using System.Text;
using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;
using Jobs.Execution.Compilation;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Tests.Compilation;

public sealed class AgentCompilerTests(CompilerFixture compilers) : IClassFixture<CompilerFixture>
{
    private const string Fine = "export default async (input: { text: string }) => ({ text: input.text });";

    public static TheoryData<ProcessIsolation> Isolations => CompilerFixture.Isolations;

    private static ProcessIsolation Strongest => CompilerFixture.Available[0];

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Agent_of_several_files_becomes_one_module_without_imports(ProcessIsolation isolation)
    {
        var code = await SucceedAsync(isolation, Agent(
            """
            import { shout } from "./text.ts";
            import words from "../data/words.json";

            interface Input { text: string }

            export default async (input: Input, context: AgentContext): Promise<{ text: string; at: string }> => {
              const { whisper } = await import("./whisper");
              return { text: shout(whisper(input.text)) + words.end, at: context.now };
            };
            """,
            ("functions/text.ts", "export const shout = (text: string): string => text.toUpperCase();"),
            ("functions/whisper.js", "export const whisper = (text) => text.toLowerCase();"),
            ("data/words.json", """{ "end": "Ende 🎉" }""")));

        Assert.Matches(@"export \{\n  \w+ as default\n\};\n$", code);
        Assert.Contains("Ende 🎉", code);
        Assert.Contains("toUpperCase", code);
        Assert.Contains("toLowerCase", code);
        Assert.DoesNotMatch(@"\bimport\b", code);
        Assert.DoesNotContain("interface", code);
    }

    [Fact]
    public async Task Everything_that_the_sandbox_offers_is_declared() => await SucceedAsync(ProcessIsolation.None, Agent(
        """
        export default async (input: { url: string }, context: AgentContext) => {
          const url = new URL(input.url);
          url.searchParams.set("q", "1");
          const stop = new AbortController();
          const timer = setTimeout(() => stop.abort(), 1000);
          const request = new Request(url, { method: "POST", headers: new Headers({ a: "b" }), body: new URLSearchParams({ c: "d" }) });
          const response: Response = await fetch(request, { signal: stop.signal });
          clearTimeout(timer);
          const bytes = new TextEncoder().encode(await response.text());
          const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
          crypto.getRandomValues(new Uint32Array(4));
          console.log(crypto.randomUUID(), atob(btoa("x")), performance.now());
          queueMicrotask(() => console.warn(new TextDecoder().decode(hash)));
          for (const [name, value] of response.headers) console.debug(name, value);
          return { clone: structuredClone({ a: 1 }), ok: response.ok, secret: context.secrets["KEY"] ?? "", trigger: context.trigger, mine: Response.json({}) instanceof Response };
        };
        """));

    [Theory]
    [InlineData("document.title", "TS2584: Cannot find name 'document'")]
    [InlineData("window", "TS2304: Cannot find name 'window'")]
    [InlineData("Deno.env", "TS2304: Cannot find name 'Deno'")]
    [InlineData("process.env", "TS2591: Cannot find name 'process'")]
    [InlineData("require('fs')", "TS2591: Cannot find name 'require'")]
    [InlineData("localStorage", "TS2304: Cannot find name 'localStorage'")]
    [InlineData("new WebSocket('wss://x')", "TS2304: Cannot find name 'WebSocket'")]
    [InlineData("new Worker('x')", "TS2304: Cannot find name 'Worker'")]
    public async Task What_the_sandbox_does_not_offer_is_a_type_error(string expression, string expected)
    {
        var details = await FailAsync(Strongest, Agent($"export default async () => {expression};"));
        Assert.StartsWith("functions/main.ts:1:", details);
        Assert.Contains(expected, details);
        Assert.DoesNotContain("Do you need to", details);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Type_error_is_told_with_file_line_and_column(ProcessIsolation isolation)
    {
        Assert.Equal(
            "functions/main.ts:1:7: error TS2322: Type 'string' is not assignable to type 'number'.",
            await FailAsync(isolation, Agent($"const n: number = 'one';\n{Fine}\nexport {{ n }};")));
        Assert.StartsWith(
            "functions/deep/down.ts:3:14: error TS2322: ",
            await FailAsync(isolation, Agent("import { x } from './deep/down';\nexport default () => x;", ("functions/deep/down.ts", "\n\nexport const x: string = 1;"))));
    }

    [Fact]
    public async Task Strict_rules_hold() =>
        Assert.StartsWith("functions/main.ts:1:23: error TS7006: ", await FailAsync(Strongest, Agent("export default async (input) => input;")));

    [Theory]
    [InlineData("export const main = () => 1;", "functions/main.ts: error TS2613: the module has no default export; export the agent's function")]
    [InlineData("// @ts-nocheck\nexport const other = () => 1;", "functions/main.ts: error TS1192: the module has no default export; export the agent's function")]
    [InlineData("export default 42;", "functions/main.ts: error TS1360: the default export is not the agent's function, async (input, context) => output: ")]
    [InlineData("export default class {}", "functions/main.ts: error TS1360: the default export is not the agent's function")]
    [InlineData("export default (a: string, b: AgentContext, c: number) => a + b + c;", "functions/main.ts: error TS1360: the default export is not the agent's function")]
    [InlineData("export default (input: string, context: { runNumber: number }) => context.runNumber;", "functions/main.ts: error TS1360: the default export is not the agent's function")]
    [InlineData("", "functions/main.ts: error ")]
    public async Task Default_export_that_is_not_the_function_is_told(string main, string expected) =>
        Assert.StartsWith(expected, await FailAsync(Strongest, Agent(main)));

    [Theory]
    [InlineData("export default () => 1;")]
    [InlineData("export default function (input: unknown) { return input; }")]
    [InlineData("export default async (input: { a?: number }, context: AgentContext) => ({ a: input.a, c: context.runId });")]
    [InlineData("export default async (input: any, { now, secrets }: AgentContext): Promise<void> => { console.log(input, now, secrets); };")]
    public async Task Function_may_leave_out_parameters_and_choose_its_input(string main) => await SucceedAsync(Strongest, Agent(main));

    [Fact]
    public async Task Missing_main_module_is_told()
    {
        Assert.True(SourceFiles.TryCreate([new("main.ts", Fine)], out var files, out _));
        Assert.Equal(
            "functions/main.ts: error: the file is missing; its default export is the agent's function, async (input, context) => output",
            await FailAsync(Strongest, files));
    }

    public static TheoryData<ProcessIsolation, string> ForeignImports
    {
        get
        {
            var data = new TheoryData<ProcessIsolation, string>();
            foreach (var specifier in new[]
            {
                "/etc/passwd", "../../../../../../../../etc/passwd", "../../entry/agent.ts", "../../esbuild", "file:///etc/passwd", "https://esm.sh/lodash",
                "http://127.0.0.1/x.js", "//127.0.0.1/x.js", "data:text/javascript,export default 1", "node:fs", "fs", "npm:lodash", "jsr:@std/csv", "lodash", "react",
                "react-dom", "#internal", "./notes.txt", "./style.css", "./view.tsx",
            })
            {
                foreach (var isolation in CompilerFixture.Available)
                {
                    data.Add(isolation, specifier);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ForeignImports))]
    public async Task Import_of_anything_but_the_agents_own_modules_is_refused(ProcessIsolation isolation, string specifier)
    {
        foreach (var import in new[] { $"import x from '{specifier}';", $"const x = await import('{specifier}');" })
        {
            foreach (var check in new[] { "", "// @ts-nocheck\n" })
            {
                var details = await FailAsync(isolation, Agent(
                    $"{check}{import}\nexport default () => x;", ("functions/notes.txt", "a"), ("functions/style.css", "a {}"), ("functions/view.tsx", "export default 1;")));
                Assert.Contains("error", details);
                Assert.DoesNotContain("root:", details);
            }
        }
    }

    [Theory]
    [InlineData("\nimport x from 'lodash';", "functions/main.ts:2:15: error TS2307: 'lodash' cannot be found; an agent can import its own files only")]
    [InlineData("import x from 'react';", "functions/main.ts:1:15: error TS2307: 'react' cannot be found; an agent can import its own files only")]
    [InlineData("import x from 'node:fs';", "functions/main.ts:1:15: error TS2591: 'node:fs' cannot be found; an agent can import its own files only")]
    [InlineData("// @ts-nocheck\nimport x from 'https://esm.sh/x';", "functions/main.ts:2:15: error: \"https://esm.sh/x\" cannot be imported: an agent can import its own files only")]
    [InlineData("// @ts-nocheck\nimport x from './a.txt';", "functions/a.txt: error: this kind of file cannot be imported; .ts, .js, .json can")]
    public async Task Refused_import_is_told_with_its_place_and_what_is_allowed(string import, string expected) =>
        Assert.StartsWith(expected, await FailAsync(Strongest, Agent($"{import}\nexport default () => x;", ("functions/a.txt", ""))));

    [Fact]
    public async Task Import_that_is_computed_at_run_time_is_left_out_of_the_program()
    {
        var code = await SucceedAsync(Strongest, Agent("export default async (input: { from: string }) => import(input.from);"));
        Assert.DoesNotMatch(@"\bimport\s*\(", code);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(500_000, false)]
    public async Task Program_may_be_as_large_as_the_limit_and_no_larger(int more, bool fits)
    {
        SourceFiles Big(int length) => Agent("import rest from './rest.json';\nexport default () => rest;", ("functions/rest.json", $"\"{new string('y', length)}\""));
        var rest = CompilerLimits.ProgramBytes - Encoding.UTF8.GetByteCount(await SucceedAsync(Strongest, Big(1000)));
        var result = await CompileAsync(Strongest, Big(1000 + rest + more));
        if (fits)
        {
            Assert.Equal(CompilerLimits.ProgramBytes, Encoding.UTF8.GetByteCount(Assert.IsType<AgentCompileResult.Succeeded>(result).Code));
        }
        else
        {
            Assert.Equal("The program is larger than 1 MiB.", Assert.IsType<AgentCompileResult.Failed>(result).Details);
        }
    }

    [Fact]
    public async Task Configuration_and_packages_among_the_sources_do_nothing()
    {
        var code = await SucceedAsync(Strongest, Agent(
            Fine,
            ("tsconfig.json", """{ "compilerOptions": { "strict": false, "lib": ["dom"] } }"""),
            ("package.json", """{ "type": "commonjs" }"""),
            ("entry/agent.ts", "export default 'not ours';")));
        Assert.DoesNotContain("not ours", code);
        Assert.StartsWith(
            "node_modules/x/index.js: error: an agent cannot bring packages; ",
            await FailAsync(Strongest, Agent(Fine, ("node_modules/x/index.js", "export default 1;"))));
    }

    [Fact]
    public async Task Widgets_and_agents_compile_side_by_side()
    {
        var compiler = compilers[Strongest];
        var agents = Enumerable.Range(0, 4).Select(_ => SucceedAsync(Strongest, Agent(Fine)));
        var widgets = Enumerable.Range(0, 4).Select(async _ => (await CompilerFixture.SucceedAsync(compiler, CompilerFixture.Widget("export default () => <b/>;"))).Script.Length.ToString());
        Assert.All(await Task.WhenAll(agents.Concat(widgets)), result => Assert.NotEmpty(result));
    }

    private static SourceFiles Agent(string main, params (string Path, string Content)[] others) =>
        SourceFiles.TryCreate([new("functions/main.ts", main), .. others.Select(f => KeyValuePair.Create(f.Path, f.Content))], out var files, out var error)
            ? files
            : throw new ArgumentException(error);

    private Task<AgentCompileResult> CompileAsync(ProcessIsolation isolation, SourceFiles files) =>
        new AgentCompiler(compilers[isolation]).CompileAsync(files, CancellationToken.None);

    private async Task<string> SucceedAsync(ProcessIsolation isolation, SourceFiles files)
    {
        var result = await CompileAsync(isolation, files);
        Assert.True(result is AgentCompileResult.Succeeded, (result as AgentCompileResult.Failed)?.Details);
        return ((AgentCompileResult.Succeeded)result).Code;
    }

    private async Task<string> FailAsync(ProcessIsolation isolation, SourceFiles files)
    {
        var details = Assert.IsType<AgentCompileResult.Failed>(await CompileAsync(isolation, files)).Details;
        Assert.InRange(details.Length, 1, CompileResult.MaxDetailsLength);
        Assert.DoesNotContain("jobs-compile", details);
        return details;
    }
}
