using System.Globalization;
using System.Net;
using Jobs.Domain.Repositories;
using Repository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Repositories.GitHub;

/// <summary>
/// Repositories at GitHub. A job's branch gets a commit with the job's file (<see cref="JobFile"/>), which starts the workflow <c>run-job.yml</c> of the repository; that does the work and opens
/// the pull request, and what became of it is asked for here. Calls wait for each other where they are of one operation, as GitHub wants it.
/// </summary>
public sealed class GitHubForge : IForge, IDisposable
{
    private const int MaxJobCommits = 100;
    private const int LatestRuns = 5;
    private const int LatestPullRequests = 10;
    private const string BranchPrefix = "job/";
    private const string NoRepository = "No repository of this name can be used: GitHub has none, or this server may not write to it.";

    private readonly IPublicDownload _download;
    private readonly IReadOnlyList<string> _secrets;
    private readonly GitHubApi? _api;

    /// <summary>A forge that asks nothing before it is called; without a credential every call is refused.</summary>
    public GitHubForge(GitHubOptions options, TimeProvider time, IPublicDownload download, LocalGitHub? local = null)
    {
        _download = download;
        _secrets = [.. options.Secrets];
        _api = options.IsConfigured ? new GitHubApi(options, time, local) : null;
    }

    /// <inheritdoc/>
    public RepositoryKind Kind => RepositoryKind.GitHub;

    private GitHubApi Api => _api ?? throw new ForgeException("This server has no access to GitHub.", isTransient: false);

    /// <inheritdoc/>
    public async Task<RepositoryFacts> InspectAsync(string location, CancellationToken cancellationToken)
    {
        var (owner, name) = Split(location);
        var repository = (await Api.GetAsync<Octokit.Repository>($"repos/{owner}/{name}", null, cancellationToken)).Body ?? throw Refused(NoRepository);
        // Under another name it answers for as long as nobody else takes this one.
        return string.Equals(repository.FullName, location, StringComparison.OrdinalIgnoreCase)
            && !repository.Archived
            && repository.Permissions?.Push is not false
            && repository.DefaultBranch is { Length: > 0 } branch
            && GitHubNames.Escape(branch).Length > 0
                ? new RepositoryFacts(branch)
                : throw Refused(NoRepository);
    }

    /// <inheritdoc/>
    public async Task<BranchStart> StartAsync(BranchOrder order, CancellationToken cancellationToken)
    {
        var place = Place.Of(order.Repository, order.Branch);
        return (order.Round > 0 ? await FollowUpAsync(place, order, cancellationToken) : await FindEndedAsync(place, order, cancellationToken))
            ?? await BeginAsync(place, order, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<BranchReport> LookAsync(Repository repository, string branch, string? known, CancellationToken cancellationToken)
    {
        var place = Place.Of(repository, branch);
        var last = KnownBranch.Read(known);
        var head = await Api.GetAsync<Octokit.Reference>(place.Head, last.HeadTag, cancellationToken);
        var headSha = head.IsUnchanged ? last.HeadSha : head.Body?.Object.Sha;
        // Before its first run GitHub knows no workflow of the name.
        var runs = await Api.GetAsync<Octokit.WorkflowRunsResponse>(place.Runs, last.RunTag, cancellationToken);
        var run = runs.IsUnchanged ? last.Run : LatestOf(runs.Body?.WorkflowRuns ?? [], branch);
        // Everything else may be missing; where this is, the repository is.
        var pullRequests = await Api.GetAsync<List<Octokit.PullRequest>>(place.PullRequests, last.PullRequestTag, cancellationToken);
        var pullRequest = pullRequests.IsUnchanged ? last.PullRequest
            : LatestOf(pullRequests.Body ?? throw Refused("GitHub has no such repository any more, or our credential may not use it."), branch) is { } latest ? FactsOf(latest) : null;
        return new BranchReport(
            headSha is not null,
            headSha,
            run,
            pullRequest,
            new KnownBranch(head.Tag, headSha, runs.Tag, run, pullRequests.Tag, pullRequest).Write());
    }

    /// <inheritdoc/>
    public async Task<ChangedFiles> ListChangedFilesAsync(Repository repository, BranchStart start, string headSha, int offset, int limit, CancellationToken cancellationToken)
    {
        var place = Place.Of(repository, start.Branch);
        // The first page has all the files that GitHub lists of a comparison, however few commits are wanted with them.
        var comparison = (await Api.GetAsync<Octokit.CompareResult>(
            $"{place.Path}/compare/{GitHubNames.CheckSha(start.BaseSha)}...{GitHubNames.CheckSha(headSha)}?per_page=1&page=1",
            null,
            cancellationToken)).Body ?? throw Refused("GitHub does not have these commits any more.");
        var paths = (comparison.Files ?? []).Select(file => file.Filename)
            .Where(path => !path.StartsWith($"{JobFile.Folder}/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        return new ChangedFiles([.. paths.Skip(offset).Take(limit)], paths.Count);
    }

    /// <inheritdoc/>
    public async Task<string?> ReadLogAsync(Repository repository, long runId, int maxCharacters, CancellationToken cancellationToken)
    {
        var place = Place.Of(repository, null);
        if (await Api.FindAsync(place.RunPath(runId, "logs"), cancellationToken) is not { } address)
        {
            return null;
        }

        var archive = Api.IsOurs(address)
            ? await Api.DownloadAsync(address, cancellationToken)
            : await _download.GetAsync(address, GitHubLimits.LogArchiveBytes, cancellationToken);
        return archive switch
        {
            { Status: 404 or 410 } => null,
            { Status: not 200 } => throw new ForgeException($"The run's log could not be fetched ({archive.Status}).", isTransient: true),
            { IsCut: true } => $"The log has more than {GitHubLimits.LogArchiveBytes} bytes and is at the run's page only.",
            _ => RunLog.Read(archive.Bytes, maxCharacters, new Redaction(Api.Token is { } token ? [.. _secrets, token] : _secrets)),
        };
    }

    /// <inheritdoc/>
    public Task StopAsync(Repository repository, long runId, CancellationToken cancellationToken)
    {
        var place = Place.Of(repository, null);
        return Api.CallAsync(
            async client =>
            {
                await client.Actions.Workflows.Runs.Cancel(place.Owner, place.Name, runId);
                return place;
            },
            // It has ended, or is none any more.
            [HttpStatusCode.Conflict, HttpStatusCode.NotFound],
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _api?.Dispose();

    private static (string Owner, string Name) Split(string location) => GitHubNames.Split(location) ?? throw Refused("A repository at GitHub is named owner/name.");

    private static ForgeException Refused(string message) => new(message, isTransient: false);

    private static ForgeException Foreign(BranchOrder order) => Refused($"The branch {order.Branch} is there already and is not this job's.");

    /// <summary>The latest run: of a run that was started again there is only the last attempt.</summary>
    private static ForgeRun? LatestOf(IReadOnlyList<Octokit.WorkflowRun> runs, string branch) =>
        runs.Where(run => run.HeadBranch == branch && run.Event == RunStatuses.WorkflowEvent && (run.HeadRepository is null || run.HeadRepository.Id == run.Repository?.Id))
            .MaxBy(run => run.RunNumber) is { } latest
            ? new ForgeRun(
                latest.Id,
                AddressOf(latest.HtmlUrl),
                RunStatuses.Of(latest.Status.StringValue, latest.Conclusion?.StringValue),
                latest.HeadSha,
                (int)Math.Clamp(latest.RunAttempt, 1, int.MaxValue))
            : null;

    /// <summary>The latest pull request of the repository's own branch: a fork's may have the same name.</summary>
    private static Octokit.PullRequest? LatestOf(IReadOnlyList<Octokit.PullRequest> pullRequests, string branch) =>
        pullRequests.Where(pull => pull.Head?.Ref == branch && pull.Head.Repository is { } head && head.Id == pull.Base?.Repository?.Id).MaxBy(pull => pull.Number);

    private static ForgePullRequest FactsOf(Octokit.PullRequest pull) =>
        new(pull.Number, AddressOf(pull.HtmlUrl), RunStatuses.Of(pull.State.StringValue, pull.MergedAt is not null), pull.Head.Sha);

    private static string AddressOf(string? url) => GitHubAddress.Check(url) ?? throw GitHubHandler.Unreadable();

    /// <summary>The first order's branch where its pull request was opened and the branch deleted since; null where there never was one.</summary>
    private async Task<BranchStart?> FindEndedAsync(Place place, BranchOrder order, CancellationToken cancellationToken)
    {
        var pullRequests = (await Api.GetAsync<List<Octokit.PullRequest>>(place.PullRequests, null, cancellationToken)).Body ?? throw Refused(NoRepository);
        if (LatestOf(pullRequests, order.Branch) is not { } pull)
        {
            return null;
        }

        var commits = (await Api.GetAsync<List<Octokit.PullRequestCommit>>(
            string.Create(CultureInfo.InvariantCulture, $"{place.Path}/pulls/{pull.Number}/commits?per_page={MaxJobCommits}"),
            null,
            cancellationToken)).Body ?? throw Foreign(order);
        return commits.FirstOrDefault(commit => JobFile.IsOfOrder(commit.Commit?.Message, order)) is { Parents: [{ Sha: { } parent }] }
            ? new BranchStart(order.Branch, parent, pull.Head.Sha)
            : throw Foreign(order);
    }

    /// <summary>A new branch at the base's head, with the order's commit.</summary>
    private async Task<BranchStart> BeginAsync(Place place, BranchOrder order, CancellationToken cancellationToken)
    {
        var head = (await Api.GetAsync<Octokit.Reference>($"{place.Path}/git/ref/heads/{GitHubNames.Escape(order.BaseRef)}", null, cancellationToken)).Body?.Object.Sha
            ?? throw Refused($"The repository has no branch {order.BaseRef}.");
        var commit = await CommitAsync(place, order, head, cancellationToken);
        var created = await Api.CallAsync(
            client => client.Git.Reference.Create(place.Owner, place.Name, new Octokit.NewReference($"refs/heads/{order.Branch}", commit)),
            [HttpStatusCode.UnprocessableEntity],
            cancellationToken);
        return created is not null ? new BranchStart(order.Branch, head, commit)
            : await FindAsync(place, order, cancellationToken)
            ?? throw Refused($"GitHub does not let us create the branch {order.Branch}.");
    }

    /// <summary>One more commit on the job's branch; null where that was deleted, so that it begins anew.</summary>
    private async Task<BranchStart?> FollowUpAsync(Place place, BranchOrder order, CancellationToken cancellationToken)
    {
        if (await ReadBranchAsync(place, order, cancellationToken) is not { } branch)
        {
            return null;
        }

        if (branch.IsDone)
        {
            return branch.Start;
        }

        var commit = await CommitAsync(place, order, branch.Start.HeadSha, cancellationToken);
        _ = await Api.CallAsync(
            client => client.Git.Reference.Update(place.Owner, place.Name, $"heads/{order.Branch}", new Octokit.ReferenceUpdate(commit, force: false)),
            [HttpStatusCode.UnprocessableEntity],
            cancellationToken) ?? throw new ForgeException($"The branch {order.Branch} has moved on meanwhile.", isTransient: true);
        return branch.Start with { HeadSha = commit };
    }

    /// <summary>The branch as this very order has left it before; null where there is none.</summary>
    private async Task<BranchStart?> FindAsync(Place place, BranchOrder order, CancellationToken cancellationToken) =>
        await ReadBranchAsync(place, order, cancellationToken) is { } branch ? branch.IsDone ? branch.Start : throw Foreign(order) : null;

    /// <summary>The job's branch, and whether the order's commit is on it; null where there is none. A branch without any commit of the job is another's.</summary>
    private async Task<(BranchStart Start, bool IsDone)?> ReadBranchAsync(Place place, BranchOrder order, CancellationToken cancellationToken)
    {
        if ((await Api.GetAsync<Octokit.Reference>(place.Head, null, cancellationToken)).Body?.Object.Sha is not { } head)
        {
            return null;
        }

        var commits = (await Api.GetAsync<List<Octokit.GitHubCommit>>(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{place.Path}/commits?sha={GitHubNames.CheckSha(head)}&path={Uri.EscapeDataString(JobFile.FolderOf(order.JobId))}&per_page={MaxJobCommits}"),
            null,
            cancellationToken)).Body ?? [];
        var ours = commits.Where(commit => JobFile.IsOfJob(commit.Commit?.Message, order.JobId)).ToList();
        return ours is [.., { Parents: [{ Sha: { } parent }] }]
            ? (new BranchStart(order.Branch, parent, head), ours.Exists(commit => JobFile.IsOfOrder(commit.Commit.Message, order)))
            : throw Foreign(order);
    }

    /// <summary>Writes a commit with the order's file. Nothing points to it yet, so that repeating this leaves nothing but an object that GitHub throws away.</summary>
    private async Task<string> CommitAsync(Place place, BranchOrder order, string parent, CancellationToken cancellationToken)
    {
        var before = (await Api.GetAsync<Octokit.Commit>($"{place.Path}/git/commits/{GitHubNames.CheckSha(parent)}", null, cancellationToken)).Body ?? throw GitHubHandler.Unreadable();
        var file = new Octokit.NewTreeItem { Path = JobFile.PathOf(order), Mode = Octokit.FileMode.File, Type = Octokit.TreeType.Blob, Content = JobFile.ContentOf(order) };
        var tree = await Api.CallAsync(
            client => client.Git.Tree.Create(place.Owner, place.Name, new Octokit.NewTree { BaseTree = before.Tree.Sha, Tree = { file } }),
            [],
            cancellationToken);
        var commit = await Api.CallAsync(
            client => client.Git.Commit.Create(place.Owner, place.Name, new Octokit.NewCommit(JobFile.MessageOf(order), tree!.Sha, parent)),
            [],
            cancellationToken);
        return GitHubNames.CheckSha(commit!.Sha);
    }

    /// <summary>Where things of a repository, and of a branch in it, are.</summary>
    private sealed record Place(string Owner, string Name, string Branch)
    {
        public string Path => $"repos/{Owner}/{Name}";

        public string Head => $"{Path}/git/ref/heads/{Branch}";

        public string Runs => string.Create(
            CultureInfo.InvariantCulture,
            $"{Path}/actions/workflows/{RunStatuses.WorkflowFile}/runs?branch={Branch}&event={RunStatuses.WorkflowEvent}&exclude_pull_requests=true&per_page={LatestRuns}");

        public string PullRequests =>
            string.Create(CultureInfo.InvariantCulture, $"{Path}/pulls?head={Owner}:{Branch}&state=all&sort=created&direction=desc&per_page={LatestPullRequests}");

        public static Place Of(Repository repository, string? branch)
        {
            var (owner, name) = Split(repository.Location);
            return branch is null || branch.StartsWith(BranchPrefix, StringComparison.Ordinal)
                ? new Place(owner, name, branch is null ? "" : GitHubNames.Escape(branch))
                : throw Refused($"A job's branch begins with {BranchPrefix}.");
        }

        public string RunPath(long runId, string what) => string.Create(CultureInfo.InvariantCulture, $"{Path}/actions/runs/{runId}/{what}");
    }
}
