using System.Collections.Concurrent;
using Jobs.Domain.Repositories;
using RegisteredRepository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>What GitHub would say of branches, as a test sets it.</summary>
internal sealed class FakeGitHub : IForge
{
    public const string BaseSha = "1111111111111111111111111111111111111111";
    public const string StartSha = "2222222222222222222222222222222222222222";
    public const string HeadSha = "3333333333333333333333333333333333333333";

    private int _looks;

    public RepositoryKind Kind => RepositoryKind.GitHub;

    public ConcurrentDictionary<string, BranchReport> Reports { get; } = [];

    public ConcurrentDictionary<long, string> Logs { get; } = [];

    public ConcurrentBag<long> Stopped { get; } = [];

    public ConcurrentBag<BranchOrder> Orders { get; } = [];

    public IReadOnlyList<string> Changed { get; set; } = ["reports/daily-2024-03-05.md"];

    public int Looks => _looks;

    /// <summary>What comes before each call, with its name.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    public static ForgeRun Run(ForgeRunStatus status, long id = 123456, int attempt = 1) => new(id, $"https://github.com/owner/repo/actions/runs/{id}", status, StartSha, attempt);

    public static ForgePullRequest PullRequest(ForgePullRequestStatus status, int number = 42) => new(number, $"https://github.com/owner/repo/pull/{number}", status);

    public async Task<RepositoryFacts> InspectAsync(string location, CancellationToken cancellationToken)
    {
        await Before("Inspect");
        return new RepositoryFacts("main");
    }

    public async Task<BranchStart> StartAsync(BranchOrder order, CancellationToken cancellationToken)
    {
        await Before("Start");
        Orders.Add(order);
        Reports.TryAdd(order.Branch, new BranchReport(Exists: true, StartSha, Run: null, PullRequest: null, Known: null));
        return new BranchStart(order.Branch, BaseSha, StartSha);
    }

    public async Task<BranchReport> LookAsync(RegisteredRepository repository, string branch, string? known, CancellationToken cancellationToken)
    {
        await Before("Look");
        Interlocked.Increment(ref _looks);
        return Reports.GetValueOrDefault(branch, new BranchReport(Exists: false, HeadSha: null, Run: null, PullRequest: null, Known: null));
    }

    public async Task<ChangedFiles> ListChangedFilesAsync(RegisteredRepository repository, BranchStart start, string headSha, int offset, int limit, CancellationToken cancellationToken)
    {
        await Before("List");
        return new ChangedFiles([.. Changed.Skip(offset).Take(limit)], Changed.Count);
    }

    public async Task<string?> ReadLogAsync(RegisteredRepository repository, long runId, int maxCharacters, CancellationToken cancellationToken)
    {
        await Before("Log");
        return Logs.GetValueOrDefault(runId);
    }

    public async Task StopAsync(RegisteredRepository repository, long runId, CancellationToken cancellationToken)
    {
        await Before("Stop");
        Stopped.Add(runId);
    }
}
