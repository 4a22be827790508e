using Jobs.Domain.Repositories;
using LibGit2Sharp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using GitRepository = LibGit2Sharp.Repository;
using Repository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Repositories.Local;

/// <summary>
/// Repositories in folders of this machine, by libgit2, which runs no program: no hook, filter, diff driver or file monitor of a repository is ever started. A job's work is commits in the
/// repository's objects, its branch a reference, and what it began at another one, <c>refs/jobs/{id}</c>, by which the branch is known to be the job's.
/// </summary>
internal sealed partial class LocalForge(IOptions<LocalForgeOptions> options, TimeProvider time, ILogger<LocalForge> logger) : ILocalForge, IDisposable
{
    /// <summary>What libgit2 says of a repository of another user of the machine; LibGit2Sharp passes no code on.</summary>
    private const string OtherOwner = "is not owned by current user";

    private readonly LocalRoots _roots = new(options.Value.Roots);
    private readonly LibGit2 _git = new();
    private readonly GitWork _work = new(time);

    /// <inheritdoc/>
    public RepositoryKind Kind => RepositoryKind.Local;

    /// <inheritdoc/>
    public Task<RepositoryFacts> InspectAsync(string location, CancellationToken cancellationToken) =>
        WorkAsync(location, static (opened, _) => opened.Repository.Refs.Head is SymbolicReference head && LocalBranch.NameOf(head.TargetIdentifier) is { } branch
            ? LocalBranch.Find(opened.Repository, branch) is not null
                ? new RepositoryFacts(branch)
                : throw Refused($"The repository's branch '{branch}' has no commit yet.")
            : throw Refused("The repository's head is no branch."), cancellationToken);

    /// <inheritdoc/>
    public Task<BranchStart> StartAsync(BranchOrder order, CancellationToken cancellationToken) =>
        WorkAsync(order.Repository.Location, (opened, token) => Start(opened, order), cancellationToken);

    /// <inheritdoc/>
    public Task<BranchReport> LookAsync(Repository repository, string branch, string? known, CancellationToken cancellationToken) =>
        WorkAsync(
            repository.Location,
            (opened, _) => LocalBranch.Find(opened.Repository, branch) is { } id
                ? new BranchReport(Exists: true, id.Sha, Run: null, PullRequest: null, Known: null)
                : new BranchReport(Exists: false, HeadSha: null, Run: null, PullRequest: null, Known: null),
            cancellationToken);

    /// <inheritdoc/>
    public Task<ChangedFiles> ListChangedFilesAsync(Repository repository, BranchStart start, string headSha, int offset, int limit, CancellationToken cancellationToken) =>
        WorkAsync(
            repository.Location,
            (opened, _) =>
            {
                var changes = BranchComparison.List(opened.Repository, CommitOf(opened, start.BaseSha), CommitOf(opened, headSha));
                return new ChangedFiles([.. changes.Skip(offset).Take(limit).Select(static change => change.Path)], changes.Count);
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<string?> ReadLogAsync(Repository repository, long runId, int maxCharacters, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task StopAsync(Repository repository, long runId, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IRepositoryTree> OpenTreeAsync(Repository repository, string sha, CancellationToken cancellationToken) =>
        GuardAsync<IRepositoryTree>(
            token =>
            {
                var opened = Open(repository.Location);
                try
                {
                    return LocalTree.Open(opened.Repository, CommitOf(opened, sha), token);
                }
                catch
                {
                    opened.Dispose();
                    throw;
                }
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<string> CommitAsync(CommitOrder order, CancellationToken cancellationToken) =>
        WorkAsync(order.Repository.Location, (opened, token) => Commit(opened, order, token), cancellationToken);

    /// <inheritdoc/>
    public Task<BranchDiff> CompareAsync(Repository repository, string baseSha, string headSha, CancellationToken cancellationToken) =>
        WorkAsync(
            repository.Location,
            (opened, token) => BranchComparison.Show(opened.Repository, CommitOf(opened, baseSha), CommitOf(opened, headSha), token),
            cancellationToken);

    /// <inheritdoc/>
    public Task<MergeOutcome> MergeAsync(MergeOrder order, CancellationToken cancellationToken) =>
        WorkAsync(
            order.Repository.Location,
            (opened, token) =>
            {
                WorkingFolder.Recover(_git, opened.Folder, opened.Repository, token);
                return new BranchMerge(_git, opened.Folder, opened.Repository).Merge(order, token);
            },
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _work.Dispose();
        _git.Dispose();
    }

    private static ForgeException Refused(string message) => new(message, isTransient: false);

    private static Commit CommitOf(Opened opened, string sha) =>
        LocalBranch.FindCommit(opened.Repository, sha) ?? throw Refused("A commit of the job is not in the repository (any more).");

    private static BranchStart Start(Opened opened, BranchOrder order)
    {
        var name = LocalBranch.FullName(order.Branch);
        var mark = $"refs/jobs/{order.JobId}";
        if (!Reference.IsValidName(mark))
        {
            throw Refused("The job's id can be no name of a reference.");
        }

        // The mark is written first: a branch without one is somebody else's.
        var began = LocalBranch.FindReference(opened.Repository, mark);
        var head = LocalBranch.FindReference(opened.Repository, name);
        if (head is not null)
        {
            return began is null
                ? throw Refused($"There is a branch '{order.Branch}' already, and it is not this job's.")
                : new BranchStart(order.Branch, began.Sha, head.Sha);
        }

        if (opened.Repository.Refs[name] is not null)
        {
            throw Refused($"There is a branch '{order.Branch}' already, and it is not this job's.");
        }

        if (order.Round > 0)
        {
            throw Refused($"The branch '{order.Branch}' is gone, so that nothing can go on there.");
        }

        for (var at = order.Branch.IndexOf('/'); at > 0; at = order.Branch.IndexOf('/', at + 1))
        {
            if (opened.Repository.Refs[LocalBranch.FullName(order.Branch[..at])] is not null)
            {
                throw Refused($"The repository has a branch '{order.Branch[..at]}', beside which Git cannot have '{order.Branch}'.");
            }
        }

        if (began is null)
        {
            var @base = LocalBranch.Find(opened.Repository, order.BaseRef) ?? throw Refused($"The repository has no branch '{order.BaseRef}'.");
            BranchMove.MoveReference(opened.Folder, mark, from: null, @base, "branch: Created for a job");
            began = LocalBranch.FindReference(opened.Repository, mark) ?? throw new ForgeException("The job's branch could not be made.", isTransient: true);
        }

        BranchMove.MoveReference(opened.Folder, name, from: null, began, "branch: Created for a job");
        head = LocalBranch.FindReference(opened.Repository, name) ?? throw new ForgeException("The job's branch could not be made.", isTransient: true);
        return new BranchStart(order.Branch, began.Sha, head.Sha);
    }

    private string Commit(Opened opened, CommitOrder order, CancellationToken cancellationToken)
    {
        WorkingFolder.Recover(_git, opened.Folder, opened.Repository, cancellationToken);
        var parent = CommitOf(opened, order.ParentSha);
        var tree = TreeWriter.Apply(opened.Repository, parent.Tree, order.Edits, new PathGlobs(order.Repository.AllowedPaths), cancellationToken);
        if (tree.Id == parent.Tree.Id)
        {
            return parent.Sha;
        }

        var author = CommitAuthor.At(order.At);
        var commit = opened.Repository.ObjectDatabase.CreateCommit(author, author, CommitMessage.Clean(order.Message), tree, [parent], prettifyMessage: true);
        if (HasCommit(opened, order.Branch, commit))
        {
            return commit.Sha;
        }

        return BranchMove.Move(_git, opened.Folder, opened.Repository, order.Branch, parent, commit, $"commit: {commit.MessageShort}", cancellationToken) switch
        {
            BranchMove.Moved => commit.Sha,
            BranchMove.Refused refused => throw Refused(refused.Reason),

            // Another attempt at the same step may have been faster.
            _ when HasCommit(opened, order.Branch, commit) => commit.Sha,
            _ => throw Refused($"The branch '{order.Branch}' was moved by somebody else, or is gone."),
        };
    }

    private static bool HasCommit(Opened opened, string branch, Commit commit) =>
        LocalBranch.Find(opened.Repository, branch) is { } id
        && opened.Repository.Lookup<Commit>(id) is { } head
        && (head.Id == commit.Id || opened.Repository.ObjectDatabase.FindMergeBase(head, commit)?.Id == commit.Id);

    private Task<T> WorkAsync<T>(string location, Func<Opened, CancellationToken, T> work, CancellationToken cancellationToken) =>
        GuardAsync(
            token =>
            {
                using var opened = Open(location);
                return work(opened, token);
            },
            cancellationToken);

    private Opened Open(string location)
    {
        var folder = GitFolder.Find(_roots, location);
        var repository = _git.Open(folder);
        var opened = new Opened(folder, repository);
        if (folder.WorkingFolder is not null == repository.Config.GetValueOrDefault("core.bare", false))
        {
            // A .git that says it is bare has no files that were checked out; any other folder that says it is not has them who knows where.
            if (folder.WorkingFolder is null)
            {
                opened.Dispose();
                throw Refused("The repository cannot be used: its files are in another folder.");
            }

            return opened with { Folder = folder with { WorkingFolder = null } };
        }

        return opened;
    }

    /// <summary>Runs work on a thread for it, and makes of what libgit2 throws what the port may throw: libgit2's own messages name files of the machine.</summary>
    private async Task<T> GuardAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await _work.RunAsync(work, cancellationToken);
        }
        catch (LockedFileException)
        {
            throw new ForgeException("Another program holds a lock in the repository.", isTransient: true);
        }
        catch (LibGit2SharpException exception)
        {
            LogFailed(exception.GetType().Name, exception.Data["libgit2.category"]);
            throw exception.Message.Contains(OtherOwner, StringComparison.Ordinal)
                ? Refused("The repository cannot be used: it belongs to another user of the machine.")
                : Refused("Git cannot do this with the repository: it is damaged, or of a kind that is not known here.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFailed(exception.GetType().Name, null);
            throw new ForgeException("The repository cannot be read or written just now.", isTransient: true);
        }
    }

    [LoggerMessage(Microsoft.Extensions.Logging.LogLevel.Warning, "Git failed: {Type}, category {Category}.")]
    private partial void LogFailed(string type, object? category);

    /// <summary>A repository that is open.</summary>
    private sealed record Opened(GitFolder Folder, GitRepository Repository) : IDisposable
    {
        public void Dispose() => Repository.Dispose();
    }
}
