using System.Text;
using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;
using Jobs.Execution.Compilation;
using Jobs.Execution.Isolation;
using static Jobs.Execution.Tests.Compilation.CompilerFixture;

namespace Jobs.Execution.Tests.Compilation;

public sealed class WidgetCompilerTests(CompilerFixture compilers) : IClassFixture<CompilerFixture>
{
    private const string Counter =
        """
        import { useState } from "react";
        import { Button } from "./parts/Button";
        import labels from "./labels.json";
        import classes from "./card.module.css";
        import "./style.css";

        export default function App() {
          const [count, setCount] = useState<number>(0);
          return (
            <main className={classes.card}>
              <p>{labels.title}: {count}</p>
              <Button label={labels.add} onClick={() => setCount(count + 1)} />
            </main>
          );
        }
        """;

    private static readonly (string, string)[] CounterParts =
    [
        ("src/parts/Button.tsx",
            """
            import type { CSSProperties } from "react";
            import { shout } from "../text.ts";

            export interface ButtonProps { label: string; onClick: () => void; style?: CSSProperties }

            export const Button = ({ label, onClick, style }: ButtonProps) => <button style={style} onClick={onClick}>{shout(label)}</button>;
            """),
        ("src/text.ts", "export const shout = (text: string): string => text.toUpperCase();"),
        ("src/labels.json", """{ "title": "Zähler 🎉", "add": "add" }"""),
        ("src/card.module.css", ".card { padding: 12px }"),
        ("src/style.css", "main { background: url(\"data:image/png;base64,AAAA\"); filter: url(#blur) }"),
    ];

    public static TheoryData<ProcessIsolation> Isolations => CompilerFixture.Isolations;

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Widget_of_several_files_becomes_a_module_that_exports_mount_and_a_style_sheet(ProcessIsolation isolation)
    {
        var phases = new List<CompilePhase>();
        var result = await new WidgetCompiler(compilers[isolation]).CompileAsync(
            Widget(Counter, CounterParts),
            phase =>
            {
                phases.Add(phase);
                return Task.CompletedTask;
            },
            CancellationToken.None);

        var bundle = Assert.IsType<CompileResult.Succeeded>(result);
        var script = Encoding.UTF8.GetString(bundle.Script.Span);
        var style = Encoding.UTF8.GetString(bundle.Style.Span);
        Assert.Matches(@"export\{\w+ as mount\};", script);
        Assert.Contains("Zähler 🎉", script);
        Assert.Contains("@license React", script);
        Assert.DoesNotMatch(@"(^|[;}])import[\s{""']", script);
        Assert.DoesNotContain("process.env", script);
        Assert.Contains("padding:12px", style);
        Assert.Contains("url(data:image/png;base64,AAAA)", style);
        Assert.Equal([CompilePhase.PreBuild, CompilePhase.Build], phases);
        Assert.True(bundle.TypeCheckTime > TimeSpan.Zero && bundle.BundleTime > TimeSpan.Zero);
    }

    [Fact]
    public async Task Widget_without_styles_has_an_empty_style_sheet()
    {
        var bundle = await SucceedAsync(compilers[ProcessIsolation.None], Widget("export default () => <b>hello</b>;"));
        Assert.True(bundle.Style.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Type_error_is_told_with_file_line_and_column(ProcessIsolation isolation)
    {
        var details = await FailAsync(compilers[isolation], Widget("const n: number = 'one';\nexport default () => <b>{n}</b>;"));
        Assert.Equal("src/App.tsx:1:7: error TS2322: Type 'string' is not assignable to type 'number'.", details);
    }

    [Fact]
    public async Task Type_error_in_an_imported_file_names_that_file()
    {
        var details = await FailAsync(
            compilers[ProcessIsolation.None],
            Widget("import { x } from './deep/down';\nexport default () => <b>{x}</b>;", ("src/deep/down.ts", "\n\nexport const x: string = 1;")));
        Assert.StartsWith("src/deep/down.ts:3:14: error TS2322: ", details);
    }

    [Fact]
    public async Task Type_error_keeps_the_lines_that_explain_it()
    {
        var details = await FailAsync(
            compilers[ProcessIsolation.None],
            Widget("const f: (a: { b: { c: number } }) => void = (a: { b: { c: string } }) => {};\nexport default () => <b>{String(f)}</b>;"));
        Assert.Matches("^src/App.tsx:1:7: error TS2322: .*\n  .*\n", details);
    }

    [Fact]
    public async Task Syntax_error_is_told_with_file_line_and_column()
    {
        var details = await FailAsync(compilers[ProcessIsolation.None], Widget("export default function App() {\n  return <b>;\n}"));
        Assert.StartsWith("src/App.tsx:2:", details);
        Assert.Contains("has no corresponding closing tag", details);
    }

    [Fact]
    public async Task Bundler_error_is_told_with_file_line_and_column()
    {
        var details = await FailAsync(compilers[ProcessIsolation.None], Widget("\nimport './missing.css';\nexport default () => <b/>;"));
        Assert.Equal("src/App.tsx:2:8: error: Could not resolve \"./missing.css\"", details);
    }

    [Fact]
    public async Task Missing_entry_is_told()
    {
        Assert.True(SourceFiles.TryCreate([new("src/Other.tsx", "export default () => <b/>;")], out var files, out _));
        Assert.StartsWith("src/App.tsx: error: the file is missing", await FailAsync(compilers[ProcessIsolation.None], files));
    }

    [Theory]
    [InlineData("export const Other = () => <b/>;", "src/App.tsx: error TS1192: the module has no default export")]
    [InlineData("export const App = () => <b/>;", "src/App.tsx: error TS2613: the module has no default export")]
    [InlineData("// @ts-nocheck\nexport const Other = () => <b/>;", "src/App.tsx: error TS1192: the module has no default export")]
    [InlineData("", "src/App.tsx: error ")]
    [InlineData("export default 42;", "src/App.tsx: error TS2604: the default export cannot be used as <App />")]
    [InlineData("export default (p: { x: number }) => <b>{p.x}</b>;", "src/App.tsx: error TS2741: the default export cannot be used as <App />")]
    public async Task Entry_that_exports_no_component_is_told(string app, string expected)
    {
        Assert.StartsWith(expected, await FailAsync(compilers[ProcessIsolation.None], Widget(app)));
    }

    [Fact]
    public async Task Files_that_nothing_imports_are_not_checked()
    {
        await SucceedAsync(
            compilers[ProcessIsolation.None], Widget("export default () => <b/>;", ("vite.config.ts", "import vite from 'vite';\nexport default vite;")));
    }

    [Fact]
    public async Task More_errors_than_fit_are_cut_at_a_line_with_their_count()
    {
        var errors = string.Concat(Enumerable.Range(0, 500).Select(i => $"export const error{i}: number = 'text';\n"));
        var details = await FailAsync(compilers[ProcessIsolation.None], Widget(errors + "export default () => <b/>;"));
        var lines = details.Split('\n');
        Assert.All(lines[..^1], line => Assert.Matches(@"^src/App\.tsx:\d+:14: error TS2322: .*\.$", line));
        Assert.Equal($"… and {500 - (lines.Length - 1)} more lines", lines[^1]);
        Assert.InRange(details.Length, CompileResult.MaxDetailsLength - 200, CompileResult.MaxDetailsLength);
    }

    [Fact]
    public async Task Output_that_would_fill_memory_is_counted_and_not_kept()
    {
        const int errors = 12_000;
        var app = string.Concat(Enumerable.Range(0, errors).Select(i => $"export const error_{i}_{new string('x', 80)}: number = 'text';\n"));
        var details = await FailAsync(compilers[ProcessIsolation.None], Widget(app + "export default () => <b/>;"));
        var lines = details.Split('\n');
        Assert.Equal($"… and {errors - (lines.Length - 1)} more lines", lines[^1]);
    }

    [Fact]
    public async Task One_error_longer_than_the_limit_is_cut_inside()
    {
        var details = await FailAsync(
            compilers[ProcessIsolation.None], Widget($"const n: number = '{new string('a', 6000)}' as const;\nexport default () => <b>{{n}}</b>;"));
        Assert.StartsWith("src/App.tsx:1:7: error TS2322: ", details);
    }

    [Fact]
    public async Task Missing_tools_are_told_with_what_to_run()
    {
        using var compiler = compilers.Create(new() { ToolsSearchStart = compilers.TempFolder });
        var e = await Assert.ThrowsAsync<CompilerUnavailableException>(() => CompileAsync(compiler, Widget("export default () => <b/>;")));
        Assert.Contains("npm ci", e.Message);
    }

    [Fact]
    public async Task Tools_beside_the_app_are_used_even_when_the_executable_bits_were_lost()
    {
        var app = Path.Combine(compilers.TempFolder, "published");
        var source = CompilerTools.Locate(AppContext.BaseDirectory);
        foreach (var file in new[] { "react", "react-dom", "scheduler", "csstype", "@types/react", "@types/react-dom" }
            .Select(package => Path.Combine(source.Packages, package)).Append(source.TypeScript).Append(Path.GetDirectoryName(source.Esbuild)!)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)))
        {
            var target = Path.Combine(app, "tools", Path.GetRelativePath(source.Packages, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }
        }

        Assert.Equal(Path.Combine(app, "tools"), CompilerTools.Locate(app).Packages);
        using var compiler = compilers.Create(new() { ToolsSearchStart = app });
        await SucceedAsync(compiler, Widget("export default () => <b/>;"));
        Directory.Delete(app, recursive: true);
    }
}
