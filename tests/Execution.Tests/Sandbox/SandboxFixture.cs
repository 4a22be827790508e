using System.Text.Json;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Isolation;
using Jobs.Execution.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Execution.Tests.Sandbox;

/// <summary>Two sandboxes per isolation, one with a short limit on time and one with a long one, all in one temporary folder.</summary>
public sealed class SandboxFixture : IDisposable
{
    /// <summary>The limit of those that are impatient.</summary>
    public static readonly TimeSpan ShortTime = TimeSpan.FromMilliseconds(600);

    /// <summary>The limit of the others: where it is not what a test is about, no machine is so busy that a run gets there.</summary>
    public static readonly TimeSpan LongTime = TimeSpan.FromSeconds(90);

    private readonly Dictionary<(ProcessIsolation, TimeSpan), DenoSandbox> _sandboxes = [];

    /// <summary>Every isolation that can exist on this system, the strongest first. Where the machine forbids one, its tests fail with what it said.</summary>
    public static IReadOnlyList<ProcessIsolation> Available { get; } =
        !OperatingSystem.IsLinux() ? [ProcessIsolation.None]
        : !Environment.IsPrivilegedProcess ? [ProcessIsolation.UserNamespace, ProcessIsolation.None]
        : [ProcessIsolation.Chroot, ProcessIsolation.UserNamespace, ProcessIsolation.None];

    public string TempFolder { get; } = Directory.CreateTempSubdirectory("jobs-sandbox-tests-").FullName;

    /// <summary>The one that is used where nothing is said.</summary>
    public DenoSandbox Strongest => this[Available[0]];

    public DenoSandbox this[ProcessIsolation isolation] => Get(isolation, LongTime);

    /// <summary>One whose runs may take <see cref="ShortTime"/> only.</summary>
    public DenoSandbox Impatient(ProcessIsolation isolation) => Get(isolation, ShortTime);

    /// <summary>A sandbox with the given options in this fixture's folder; the caller disposes it.</summary>
    public DenoSandbox Create(SandboxOptions options) =>
        new(options with { TempFolder = TempFolder }, TimeProvider.System, NullLogger<DenoSandbox>.Instance);

    public static SandboxRequest Request(string code, string input = "null", IReadOnlyDictionary<string, string>? secrets = null, ISandboxNetwork? network = null) => new(
        code,
        input,
        new SandboxContext("ag3ntAG3NT", "run_1", "manual", new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero)),
        secrets ?? new Dictionary<string, string>(),
        network);

    /// <summary>The output of code that succeeds.</summary>
    public static async Task<JsonElement> OutputAsync(
        DenoSandbox sandbox, string code, string input = "null", IReadOnlyDictionary<string, string>? secrets = null, ISandboxNetwork? network = null)
    {
        var result = await sandbox.RunAsync(Request(code, input, secrets, network), CancellationToken.None);
        Assert.True(result.Error is null, $"{result.Error?.Code}: {result.Error?.Message}\n{result.Logs}");
        return JsonDocument.Parse(result.Output!).RootElement;
    }

    /// <summary>The error of code that fails.</summary>
    public static async Task<SandboxError> ErrorAsync(DenoSandbox sandbox, string code, ISandboxNetwork? network = null)
    {
        var result = await sandbox.RunAsync(Request(code, network: network), CancellationToken.None);
        Assert.Null(result.Output);
        Assert.InRange(result.Error!.Message.Length, 1, SandboxLimits.MaxErrorLength);
        return result.Error;
    }

    /// <summary>The ids of the processes that run in this fixture's folder.</summary>
    public IReadOnlyList<string> Processes() => !OperatingSystem.IsLinux()
        ? [.. System.Diagnostics.Process.GetProcessesByName("deno").Select(process => process.Id.ToString())]
        : [.. Directory.EnumerateDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _) && IsOurs(process))];

    /// <summary>Every file and folder of the sandboxes, with what would differ if one had been written.</summary>
    public IReadOnlyList<string> Files() =>
    [
        .. new DirectoryInfo(TempFolder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => $"{entry.FullName} {entry.LastWriteTimeUtc:O} {(entry as FileInfo)?.Length}").Order(StringComparer.Ordinal),
    ];

    public void Dispose()
    {
        foreach (var sandbox in _sandboxes.Values)
        {
            sandbox.Dispose();
        }

        // Fails when a run left a file that it should not have been able to lock in.
        Directory.Delete(TempFolder, recursive: true);
    }

    private DenoSandbox Get(ProcessIsolation isolation, TimeSpan limit)
    {
        lock (_sandboxes)
        {
            return _sandboxes.TryGetValue((isolation, limit), out var sandbox)
                ? sandbox
                : _sandboxes[(isolation, limit)] = Create(new() { Isolation = isolation, TimeLimit = limit });
        }
    }

    private bool IsOurs(string process)
    {
        try
        {
            return (new FileInfo(Path.Combine(process, "cwd")).LinkTarget ?? "").StartsWith(TempFolder, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended just now, or is another user's.
            return false;
        }
    }
}
