using System.Diagnostics;
using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;
using Jobs.Execution.Compilation;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging.Abstractions;
using static Jobs.Execution.Tests.Compilation.CompilerFixture;

namespace Jobs.Execution.Tests.Compilation;

public sealed class CompilerLimitsTests(CompilerFixture compilers) : IClassFixture<CompilerFixture>
{
    private const string Fine = "export default () => <b/>;";

    /// <summary>Keeps the type checker busy for minutes, each step below its own limits on depth and size.</summary>
    private static readonly string Endless = string.Concat(Enumerable.Range(0, 3000).Select(i =>
        $$"""
        type Digits{{i}} = `${0|1|2|3|4|5|6|7|8|9}${0|1|2|3|4|5|6|7|8|9}${0|1|2|3|4|5|6|7|8|9}${0|1|2|3|4|5|6|7|8|9}-{{i}}`;
        type Map{{i}} = { [K in Digits{{i}}]: K extends `${infer A}-${infer B}` ? { a: A, b: B, c: Digits{{i}} } : never };
        export const value{{i}} = {} as unknown as Map{{i}}[Digits{{i}}] satisfies { a: string };

        """)) + Fine;

    public static TheoryData<ProcessIsolation> Isolations => CompilerFixture.Isolations;

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Compile_past_the_time_limit_fails_and_is_killed(ProcessIsolation isolation)
    {
        using var compiler = compilers.Create(new() { Isolation = isolation, TimeLimit = TimeSpan.FromMilliseconds(250) });
        await compiler.PrepareAsync(CancellationToken.None);
        Assert.Equal("The compile took longer than 0.25 s.", await FailAsync(compiler, Widget(Endless)));
        Assert.Empty(Processes());
        Assert.Empty(Jails());
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Cancelling_kills_the_compiler_and_deletes_its_folder(ProcessIsolation isolation)
    {
        using var compiler = compilers.Create(new() { Isolation = isolation, MaxConcurrent = 1 });
        await compiler.PrepareAsync(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var compile = CompileAsync(compiler, Widget(Endless), cancellation.Token);
        while (!Processes().Any())
        {
            Assert.False(compile.IsCompleted);
            await Task.Yield();
        }

        // A second one waits for the only slot; it can be cancelled there, and does not take the slot with it.
        using var impatience = new CancellationTokenSource();
        var waiting = CompileAsync(compiler, Widget(Fine), impatience.Token);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(compile.IsCompleted);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => compile);
        Assert.Empty(Processes());
        Assert.Empty(Jails());
        await SucceedAsync(compiler, Widget(Fine));
    }

    [Fact]
    public async Task Exception_of_the_caller_deletes_the_folder_and_frees_the_slot()
    {
        using var compiler = compilers.Create(new() { MaxConcurrent = 1 });
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => new WidgetCompiler(compiler).CompileAsync(Widget(Fine), _ => throw new InvalidTimeZoneException(), default));
        Assert.Empty(Jails());
        await SucceedAsync(compiler, Widget(Fine));
    }

    [Fact]
    public async Task Compile_past_the_memory_limit_fails()
    {
        // A type that is a text of 2^40 characters.
        var app = "type T0 = 'x';\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"type T{i} = `${{T{i - 1}}}${{T{i - 1}}}`;\n"))
            + "export const one: T40 extends `y${string}` ? 2 : 1 = 1;\n";
        Assert.Equal("The compile needed more than 512 MiB of memory.", await FailAsync(compilers[Available[0]], Widget(app + Fine)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(500_000, false)]
    public async Task Bundle_may_be_as_large_as_the_limit_and_no_larger(int more, bool fits)
    {
        var compiler = compilers[Available[0]];
        var below = await SucceedAsync(compiler, Big(0));
        var result = await CompileAsync(compiler, Big(CompilerLimits.BundleBytes - below.Script.Length + more));
        if (fits)
        {
            Assert.Equal(CompilerLimits.BundleBytes, Assert.IsType<CompileResult.Succeeded>(result).Script.Length);
        }
        else
        {
            Assert.Equal("The bundle is larger than 5 MiB.", Assert.IsType<CompileResult.Failed>(result).Details);
        }
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("<b>{", "}</b>")]
    public async Task Deep_nesting_ends_in_a_result(string open, string close)
    {
        const int depth = 20_000;
        var nested = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        var result = await CompileAsync(compilers[Available[0]], Widget($"// @ts-nocheck\nexport const deep = {nested};\n{Fine}"));
        Assert.True(result is CompileResult.Succeeded or CompileResult.Failed { Details.Length: > 0 });
    }

    [Fact]
    public async Task More_imports_than_can_be_listed_are_refused_by_name()
    {
        var imports = string.Concat(Enumerable.Repeat("import \"./a\";\n", 100_000));
        var details = await FailAsync(compilers[Available[0]], Widget("// @ts-nocheck\n" + imports + Fine, ("src/a.ts", "export const a = 1;")));
        Assert.Equal("error: the widget has more imports than can be checked: the list of them is larger than 5 MiB.", details);
    }

    [Fact]
    public void Forbidden_imports_are_placed_as_long_as_they_are_shown_and_cost_little_after_that()
    {
        const int imports = 20_000;
        var list = string.Join(",", Enumerable.Range(0, imports).Select(i => $$"""{"path":"https://a/{{i}}","kind":"import-statement","external":true}"""));
        var metafile = System.Text.Encoding.UTF8.GetBytes("""{"inputs":{"src/App.tsx":{"bytes":1,"imports":[""" + list + "]}}}");
        var content = new string('x', 1_500_000) + string.Concat(Enumerable.Range(0, ImportRules.MaxPlaced + 1).Select(i => $"\n'https://a/{i}'"));

        var started = ThreadTime.Now;
        var breaches = ImportRules.Breaches(WidgetTarget.Target, metafile, new Dictionary<string, string> { ["src/App.tsx"] = content });
        var took = ThreadTime.Now - started;

        Assert.Equal(imports, breaches.Count);
        Assert.StartsWith($"src/App.tsx:{ImportRules.MaxPlaced + 1}:1: error: \"https://a/{ImportRules.MaxPlaced - 1}\"", breaches[ImportRules.MaxPlaced - 1]);
        Assert.StartsWith($"src/App.tsx: error: \"https://a/{ImportRules.MaxPlaced}\"", breaches[ImportRules.MaxPlaced]);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Types_without_end_are_told_by_the_compiler()
    {
        var details = await FailAsync(
            compilers[Available[0]],
            Widget("type Grow<T, N, A extends T[] = []> = A['length'] extends N ? A : Grow<T, N, [...A, T]>;\nexport const x: Grow<1, 1e9> = [];\n" + Fine));
        Assert.StartsWith("src/App.tsx:2:17: error TS2589: Type instantiation is excessively deep", details);
    }

    [Fact]
    public async Task Next_start_deletes_what_a_crashed_process_left_and_nothing_else()
    {
        var crashed = Directory.CreateDirectory(Path.Combine(compilers.TempFolder, "jobs-compile-crashed"));
        File.WriteAllText(Path.Combine(crashed.FullName, "lock"), "A work folder of Jobs. It may be deleted once no process holds this lock.\n");
        var without = Directory.CreateDirectory(Path.Combine(compilers.TempFolder, "jobs-compile-tests-of-somebody"));
        var foreign = Directory.CreateDirectory(Path.Combine(compilers.TempFolder, "jobs-compile-foreign"));
        File.WriteAllText(Path.Combine(foreign.FullName, "lock"), "1234");
        foreach (var folder in new[] { crashed, without, foreign })
        {
            folder.LastWriteTimeUtc = DateTime.UtcNow.AddDays(-30);
        }

        var other = Directory.CreateDirectory(Path.Combine(compilers.TempFolder, "other"));
        using var running = compilers.Create(new());
        await running.PrepareAsync(CancellationToken.None);

        using var next = compilers.Create(new());
        await next.PrepareAsync(CancellationToken.None);

        Assert.False(Directory.Exists(crashed.FullName));
        Assert.All(new[] { without, foreign, other }, folder => Assert.True(Directory.Exists(folder.FullName)));
        await SucceedAsync(running, Widget(Fine));
        without.Delete();
        foreign.Delete(recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("lock")]
    [InlineData("template/typescript")]
    [InlineData("template/node_modules/react/index.js")]
    public async Task Work_folder_that_was_cleaned_away_is_made_anew(string part)
    {
        var temp = Path.Combine(compilers.TempFolder, "cleaned");
        using var compiler = new SourceCompiler(new() { TempFolder = temp }, TimeProvider.System, NullLogger<SourceCompiler>.Instance);
        await SucceedAsync(compiler, Widget(Fine));

        var target = Path.Combine(Directory.EnumerateDirectories(temp).Single(), part);
        if (File.Exists(target))
        {
            File.Delete(target);
        }
        else
        {
            Directory.Delete(target, recursive: true);
        }

        await SucceedAsync(compiler, Widget(Fine));
        Assert.Single(Directory.EnumerateDirectories(temp));
    }

    [Fact]
    public async Task Disposing_leaves_no_folder()
    {
        var temp = Path.Combine(compilers.TempFolder, "disposed");
        Directory.CreateDirectory(temp);
        using (var compiler = new SourceCompiler(
            new() { TempFolder = temp }, TimeProvider.System, NullLogger<SourceCompiler>.Instance))
        {
            await SucceedAsync(compiler, Widget(Fine));
            Assert.NotEmpty(Directory.EnumerateFileSystemEntries(temp));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(temp));
    }

    /// <summary>The bundler writes an enum's text out at each use, so 1 MB of source becomes 5 MB.</summary>
    private static SourceFiles Big(int more) => Widget(
        $$"""
        import rest from "./rest.json";
        enum Text { Long = "{{new string('x', 1_000_000)}}" }
        export default () => <b>{Text.Long}{Text.Long}{Text.Long}{Text.Long}{Text.Long}{rest}</b>;
        """,
        ("src/rest.json", $"\"{new string('y', 1000 + more)}\""));

    private IEnumerable<string> Jails() =>
        Directory.EnumerateDirectories(compilers.TempFolder, "jobs-compile-*").SelectMany(Directory.EnumerateDirectories)
            .Where(folder => Path.GetFileName(folder) != "template");

    /// <summary>The processes that run in this fixture's folder.</summary>
    private IEnumerable<string> Processes() =>
        OperatingSystem.IsLinux()
            ? Directory.EnumerateDirectories("/proc").Where(process => WorkingFolder(process).Contains(compilers.TempFolder))
            : Process.GetProcesses().Where(process => process.ProcessName is "tsc" or "esbuild").Select(process => process.ProcessName);

    private static string WorkingFolder(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended just now, or is another user's.
            return "";
        }
    }
}
