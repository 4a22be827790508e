using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;
using Jobs.Execution.Compilation;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Execution.Tests.Compilation;

/// <summary>One compiler per isolation, each in a temporary folder of its own.</summary>
public sealed class CompilerFixture : IDisposable
{
    private readonly Dictionary<ProcessIsolation, SourceCompiler> _compilers = [];

    /// <summary>Every isolation that can exist on this system, the strongest first. Where the machine forbids one, its tests fail with what it said.</summary>
    public static IReadOnlyList<ProcessIsolation> Available { get; } =
        !OperatingSystem.IsLinux() ? [ProcessIsolation.None]
        : !Environment.IsPrivilegedProcess ? [ProcessIsolation.UserNamespace, ProcessIsolation.None]
        : [ProcessIsolation.Chroot, ProcessIsolation.UserNamespace, ProcessIsolation.None];

    public static TheoryData<ProcessIsolation> Isolations => new(Available);

    public string TempFolder { get; } = Directory.CreateTempSubdirectory("jobs-compiler-tests-").FullName;

    public SourceCompiler this[ProcessIsolation isolation]
    {
        get
        {
            lock (_compilers)
            {
                return _compilers.TryGetValue(isolation, out var compiler) ? compiler : _compilers[isolation] = Create(new() { Isolation = isolation });
            }
        }
    }

    /// <summary>A compiler with the given options in this fixture's folder; the caller disposes it.</summary>
    public SourceCompiler Create(CompilerOptions options) =>
        new(options with { TempFolder = TempFolder }, TimeProvider.System, NullLogger<SourceCompiler>.Instance);

    /// <summary>A widget of src/App.tsx and other files.</summary>
    public static SourceFiles Widget(string app, params (string Path, string Content)[] others) =>
        SourceFiles.TryCreate([new("src/App.tsx", app), .. others.Select(f => KeyValuePair.Create(f.Path, f.Content))], out var files, out var error)
            ? files
            : throw new ArgumentException(error);

    public static Task<CompileResult> CompileAsync(SourceCompiler compiler, SourceFiles files, CancellationToken cancellationToken = default) =>
        new WidgetCompiler(compiler).CompileAsync(files, _ => Task.CompletedTask, cancellationToken);

    public static async Task<CompileResult.Succeeded> SucceedAsync(SourceCompiler compiler, SourceFiles files)
    {
        var result = await CompileAsync(compiler, files);
        Assert.True(result is CompileResult.Succeeded, (result as CompileResult.Failed)?.Details);
        return (CompileResult.Succeeded)result;
    }

    public static async Task<string> FailAsync(SourceCompiler compiler, SourceFiles files)
    {
        var details = Assert.IsType<CompileResult.Failed>(await CompileAsync(compiler, files)).Details;
        Assert.InRange(details.Length, 1, CompileResult.MaxDetailsLength);
        Assert.DoesNotContain("jobs-compile", details);
        return details;
    }

    public void Dispose()
    {
        foreach (var compiler in _compilers.Values)
        {
            compiler.Dispose();
        }

        // Fails when a compiler left a file that it should not have been able to lock in.
        Directory.Delete(TempFolder, recursive: true);
    }
}
