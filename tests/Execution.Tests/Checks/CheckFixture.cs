using Jobs.Domain.Repositories;
using Jobs.Execution.Checks;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Execution.Tests.Checks;

/// <summary>One check per isolation, all in one temporary folder.</summary>
public sealed class CheckFixture : IDisposable
{
    /// <summary>Where it is not what a test is about, no machine is so busy that a command gets there.</summary>
    public static readonly TimeSpan LongTime = TimeSpan.FromSeconds(90);

    private readonly Dictionary<ProcessIsolation, RepositoryCheck> _checks = [];

    /// <summary>Every isolation that a check can have on this system. Where the machine forbids one, its tests fail with what it said.</summary>
    public static IReadOnlyList<ProcessIsolation> Available { get; } =
        !OperatingSystem.IsLinux() ? [] : Environment.IsPrivilegedProcess ? [ProcessIsolation.Chroot, ProcessIsolation.UserNamespace] : [ProcessIsolation.UserNamespace];

    /// <summary>The one that is used where nothing is said.</summary>
    public static ProcessIsolation Strongest => Available[0];

    public string TempFolder { get; } = CreateTempFolder();

    internal RepositoryCheck this[ProcessIsolation isolation]
    {
        get
        {
            lock (_checks)
            {
                return _checks.TryGetValue(isolation, out var check) ? check : _checks[isolation] = Create(new() { Isolation = isolation, TimeLimit = LongTime });
            }
        }
    }

    /// <summary>One with the given options in this fixture's folder; the caller disposes it.</summary>
    internal RepositoryCheck Create(RepositoryCheckOptions options, TimeProvider? time = null) =>
        new(options with { TempFolder = TempFolder }, time ?? TimeProvider.System, NullLogger<RepositoryCheck>.Instance);

    /// <summary>Runs a command on a tree, by default an empty one.</summary>
    internal Task<CheckResult> RunAsync(ProcessIsolation isolation, string command, FakeTree? tree = null, CancellationToken cancellationToken = default) =>
        this[isolation].RunAsync(tree ?? new FakeTree(), command, cancellationToken);

    /// <summary>The command lines of this machine's processes that hold a text.</summary>
    internal static IReadOnlyList<string> ProcessesWith(string text) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Select(CommandLine)
            .Where(line => line.Contains(text, StringComparison.Ordinal)),
    ];

    /// <summary>Waits for a state of the machine; fails after 90 seconds.</summary>
    internal static async Task UntilAsync(Func<bool> isThere)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !isThere(); await Task.Delay(20))
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not come to it.");
        }
    }

    public void Dispose()
    {
        foreach (var check in _checks.Values)
        {
            check.Dispose();
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(TempFolder));
        Directory.Delete(TempFolder);
    }

    /// <summary>As the system's own, one that every user may go through.</summary>
    private static string CreateTempFolder()
    {
        var folder = Directory.CreateTempSubdirectory("jobs-check-tests-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        return folder;
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended just now.
            return "";
        }
    }
}
