using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Jobs.Domain.Repositories;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Checks;

/// <summary>
/// How a command is kept from the machine. <c>check.sh</c>, as the first process of namespaces of its own, makes a root directory in memory:
/// <code>
/// usr/ bin/ lib…/   the system's programs, read-only
/// work/             the copy of the repository, which the command may change
/// tmp/              empty, likewise
/// dev/ proc/ etc/   the least that programs ask for: null and its like, the check's own processes, no users
/// </code>
/// The command is run there as a user who owns nothing else, without any capability, and what it leaves behind dies with the first process.
/// </summary>
internal sealed class CheckJail
{
    /// <summary>The folder of a work folder with the repository's files.</summary>
    public const string FilesName = "files";

    /// <summary>What the names of all work folders of checks begin with.</summary>
    public const string NamePrefix = "jobs-check-";

    private const string RootName = "root";

    /// <summary>How much longer than a command may take, the making of its root included, the kernel lets it live when this process was killed.</summary>
    private const int SecondsToEnd = 30;

    // Users that no system gives to anyone for long: systemd takes its own for services from here. Each check has another, so that the kernel counts its processes alone.
    private const int FirstUser = 61_184;
    private const int LastUser = 65_519;

    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(30);

    private static readonly Lazy<string> Script = new(ReadScript);

    private static int _runs;

    private readonly ProcessJail _jail;

    private CheckJail(ProcessJail jail) => _jail = jail;

    /// <summary>How commands are isolated.</summary>
    public ProcessIsolation Isolation => _jail.Isolation;

    /// <summary>How strictly that is.</summary>
    public IsolationLevel Level => _jail.Level;

    /// <summary>Whether a check is another user's before it gets a user namespace: the kernel does not count root's processes, not even in there.</summary>
    private bool BecomesUser => _jail.Isolation is ProcessIsolation.UserNamespace && Environment.IsPrivilegedProcess;

    /// <summary>Finds out how strictly a command can be isolated, by trying.</summary>
    /// <exception cref="ForgeException">It cannot be isolated at all.</exception>
    public static async Task<CheckJail> ChooseAsync(RepositoryCheckOptions options, IsolationLevel required, ILogger logger, CancellationToken cancellationToken)
    {
        var refusals = new List<string>();
        if (SystemPrograms.Setpriv is not null && SystemPrograms.Prlimit is not null && SystemPrograms.Timeout is not null && SystemPrograms.Shell is not null)
        {
            var least = required > IsolationLevel.Namespaces ? required : IsolationLevel.Namespaces;
            foreach (var jail in JailChoice.Candidates(options.Isolation, least).Select(candidate => new CheckJail(candidate)))
            {
                if (await jail.TryAsync(options, logger, cancellationToken) is not { } refusal)
                {
                    logger.LogInformation("Checks of repositories run with isolation {Level} ({Isolation}).", jail.Level.WordOf(), jail.Isolation);
                    return jail;
                }

                refusals.Add($"{jail.Isolation}: {refusal}");
            }
        }

        logger.LogWarning(
            "Checks of repositories cannot be isolated here, so none is run. {Refusals}{Demand}",
            refusals.Count > 0 ? string.Join("; ", refusals) : "They need Linux with unshare, setpriv, prlimit and timeout, and the isolation that is set.",
            JailChoice.Demand(required));
        throw new ForgeException("The check cannot be run: this server has no way to keep a command from the rest of the machine.", isTransient: false);
    }

    /// <summary>Runs a command on the files of a work folder. However it ends, everything that it has started is killed.</summary>
    /// <param name="folder">The work folder, whose <see cref="FilesName"/> there is.</param>
    /// <param name="command">The command.</param>
    /// <param name="timeLimit">How long it may take, for the case that this process is killed.</param>
    /// <param name="timeOut">Says when that time is over: it ends with what it has written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProcessStartException">It cannot be started.</exception>
    /// <exception cref="TimeoutException">It was to be killed and could not be.</exception>
    public async Task<CheckEnd> RunAsync(string folder, string command, TimeSpan timeLimit, CancellationToken timeOut, CancellationToken cancellationToken)
    {
        var root = Path.Combine(folder, RootName);
        Directory.CreateDirectory(root);
        var ready = RandomNumberGenerator.GetHexString(32);
        var user = NextUser();
        if (BecomesUser)
        {
            var own = await BoundedProcess.RunAsync([SystemPrograms.Chown!, "-R", $"{Number(user)}:{Number(user)}", folder], "/", 1024, new Dictionary<string, string>(), cancellationToken);
            if (own.ExitCode != 0)
            {
                throw new IOException($"The folder of a check could not be given away: {own.Errors.Text}");
            }
        }

        return await CheckRun.RunAsync(
            [.. Confine(timeLimit, user)],
            folder,
            new Dictionary<string, string>
            {
                ["files"] = Path.Combine(folder, FilesName),
                ["root"] = root,
                ["user"] = Isolation is ProcessIsolation.UserNamespace ? "0" : Number(user),
                ["ready"] = ready,
                ["bytes"] = Number(RepositoryCheckLimits.DiskBytes),
                ["entries"] = Number(RepositoryCheckLimits.DiskEntries),
                ["processes"] = Number(RepositoryCheckLimits.Processes),
                ["memory"] = Number(RepositoryCheckLimits.ProcessMemoryBytes),
                ["open"] = Number(RepositoryCheckLimits.OpenFiles),
                ["command"] = command,
            },
            ready,
            timeOut,
            cancellationToken);
    }

    /// <summary>The first process of namespaces of its own, which runs the script. <c>timeout</c> makes the process group that is killed.</summary>
    private IEnumerable<string> Confine(TimeSpan timeLimit, int user) =>
    [
        SystemPrograms.Timeout!, "--signal=KILL", Number((int)Math.Ceiling(timeLimit.TotalSeconds) + SecondsToEnd),
        .. SystemPrograms.Nice is { } nice ? [nice, "-n", Number(ProcessJail.Niceness)] : Array.Empty<string>(),
        .. BecomesUser ? [SystemPrograms.Setpriv!, $"--reuid={Number(user)}", $"--regid={Number(user)}", "--clear-groups"] : Array.Empty<string>(),
        SystemPrograms.Unshare!,
        .. _jail.Isolation is ProcessIsolation.UserNamespace ? ["--map-root-user"] : Array.Empty<string>(),
        "--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child",
        SystemPrograms.Shell!, "-c", Script.Value,
    ];

    private static int NextUser() => FirstUser + (int)((uint)Interlocked.Increment(ref _runs) % (LastUser - FirstUser + 1));

    /// <summary>Null when a command finds its files, and neither a file outside nor a network, and can change nothing of the system.</summary>
    private async Task<string?> TryAsync(RepositoryCheckOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        using var work = new WorkFolder(options.TempFolder, NamePrefix, logger);
        var files = Path.Combine(work.Folder, FilesName);
        Directory.CreateDirectory(files);
        await File.WriteAllTextAsync(Path.Combine(files, "inside"), "", cancellationToken);
        var outside = Path.Combine(work.Folder, "outside");
        await File.WriteAllTextAsync(outside, "", cancellationToken);
        WorkFolder.SetMode(outside, WorkFolder.ReadableFile);
        var command = $"""
            test -f inside && : > written || exit 11
            test ! -e '{outside.Replace("'", "'\\''", StringComparison.Ordinal)}' && test ! -e /etc/passwd || exit 12
            ! (: > /usr/written) 2> /dev/null || exit 13
            ! grep -v -e '|' -e '^ *lo:' /proc/net/dev || exit 14
            """;
        using var timeOut = new CancellationTokenSource(TrialTime);
        try
        {
            return await RunAsync(work.Folder, command, TrialTime, timeOut.Token, cancellationToken) switch
            {
                { IsTimedOut: true } => $"a command in it did not end within {TrialTime.TotalSeconds:0} s",
                { IsStarted: false } setup => setup.SetupErrors,
                { ExitCode: 0 } => null,
                var end => $"a command in it ended with {end.ExitCode}: {Encoding.UTF8.GetString(end.Output)}",
            };
        }
        catch (ProcessStartException e)
        {
            return e.Message;
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string ReadScript()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Checks/check.sh")!);
        return reader.ReadToEnd();
    }
}
