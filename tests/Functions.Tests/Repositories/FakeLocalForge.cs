using System.Security.Cryptography;
using System.Text;
using Jobs.Domain.Repositories;
using RegisteredRepository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>A repository in memory, as far as a job sees one: files by commit, branches, and merges that conflict where both sides have changed a file. It waits or throws when a test says so.</summary>
internal sealed class FakeLocalForge : ILocalForge
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Dictionary<string, string> Files, string[] Parents)> _commits = [];
    private readonly Dictionary<string, string> _branches = [];
    private readonly List<string> _calls = [];

    public FakeLocalForge() => _branches["main"] = Write(new Dictionary<string, string> { ["README.md"] = "# Site\n" }, "the first");

    public RepositoryKind Kind => RepositoryKind.Local;

    /// <summary>What comes before a call does anything, with the call's name and its number among those of that name, from 1.</summary>
    public Func<string, int, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What comes after a call has done what it does, before anybody hears of it.</summary>
    public Func<string, int, Task> After { get; set; } = (_, _) => Task.CompletedTask;

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    public IReadOnlyDictionary<string, string> Branches
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, string>(_branches);
            }
        }
    }

    /// <summary>The commits that a branch has and main had not at first, the latest first, first parents only.</summary>
    public IReadOnlyList<string> HistoryOf(string branch)
    {
        lock (_lock)
        {
            var history = new List<string>();
            for (var sha = _branches[branch]; _commits[sha].Parents is [var parent, ..]; sha = parent)
            {
                history.Add(sha);
            }

            return history;
        }
    }

    public IReadOnlyDictionary<string, string> FilesOf(string branch)
    {
        lock (_lock)
        {
            return _commits[_branches[branch]].Files;
        }
    }

    /// <summary>Somebody else changes a file of a branch.</summary>
    public void Push(string branch, string path, string content)
    {
        lock (_lock)
        {
            var files = new Dictionary<string, string>(_commits[_branches[branch]].Files) { [path] = content };
            _branches[branch] = Write(files, $"somebody's {content}", _branches[branch]);
        }
    }

    public Task<RepositoryFacts> InspectAsync(string location, CancellationToken cancellationToken) => CallAsync("Inspect", () => location.StartsWith("/repositories/", StringComparison.Ordinal)
        ? new RepositoryFacts("main")
        : throw new ForgeException("There is no repository at this location that may be registered.", isTransient: false));

    public Task<BranchStart> StartAsync(BranchOrder order, CancellationToken cancellationToken) => CallAsync("Start", () =>
    {
        if (!_branches.TryGetValue(order.BaseRef, out var from))
        {
            throw new ForgeException($"There is no branch {order.BaseRef}.", isTransient: false);
        }

        if (!_branches.TryGetValue(order.Branch, out var head))
        {
            _branches[order.Branch] = head = from;
        }

        return new BranchStart(order.Branch, from, head);
    });

    public Task<IRepositoryTree> OpenTreeAsync(RegisteredRepository repository, string sha, CancellationToken cancellationToken) =>
        CallAsync<IRepositoryTree>("Open", () => new Tree(_commits[sha].Files));

    public Task<string> CommitAsync(CommitOrder order, CancellationToken cancellationToken) => CallAsync("Commit", () =>
    {
        var before = _commits[order.ParentSha].Files;
        var files = new Dictionary<string, string>(before);
        foreach (var edit in order.Edits)
        {
            switch (edit)
            {
                case FileEdit.Write write when write.Path.StartsWith("secret/", StringComparison.Ordinal):
                    throw new ForgeException($"{write.Path} may not be changed.", isTransient: false);
                case FileEdit.Write write:
                    files[write.Path] = Encoding.UTF8.GetString(write.Content.Span);
                    break;
                case FileEdit.Rename rename:
                    files[rename.To] = files[rename.From];
                    files.Remove(rename.From);
                    break;
                case FileEdit.Delete delete:
                    files.Remove(delete.Path);
                    break;
            }
        }

        if (files.Count == before.Count && !files.Except(before).Any())
        {
            return order.ParentSha;
        }

        var sha = Write(files, $"{order.Message}{order.At:O}", order.ParentSha);
        var now = _branches[order.Branch];
        if (now != order.ParentSha && now != sha)
        {
            throw new ForgeException("The branch has moved on.", isTransient: false);
        }

        _branches[order.Branch] = sha;
        return sha;
    });

    public Task<BranchDiff> CompareAsync(RegisteredRepository repository, string baseSha, string headSha, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ChangedFiles> ListChangedFilesAsync(
        RegisteredRepository repository, BranchStart start, string headSha, int offset, int limit, CancellationToken cancellationToken) => CallAsync("List", () =>
        {
            string[] changed = [.. ChangesBetween(start.BaseSha, headSha).Order(StringComparer.Ordinal)];
            return new ChangedFiles([.. changed.Skip(offset).Take(limit)], changed.Length);
        });

    public Task<MergeOutcome> MergeAsync(MergeOrder order, CancellationToken cancellationToken) => CallAsync<MergeOutcome>("Merge", () =>
    {
        var into = _branches[order.BaseRef];
        if (IsIn(order.HeadSha, into))
        {
            return new MergeOutcome.Merged(into, IsFastForward: into == order.HeadSha);
        }

        if (IsIn(into, order.HeadSha))
        {
            _branches[order.BaseRef] = order.HeadSha;
            return new MergeOutcome.Merged(order.HeadSha, IsFastForward: true);
        }

        var root = order.HeadSha;
        while (!IsIn(root, into))
        {
            root = _commits[root].Parents[0];
        }

        string[] both = [.. ChangesBetween(root, into).Intersect(ChangesBetween(root, order.HeadSha)).Order(StringComparer.Ordinal)];
        if (both.Length > 0)
        {
            return new MergeOutcome.Conflict(both);
        }

        var files = new Dictionary<string, string>(_commits[into].Files);
        foreach (var path in ChangesBetween(root, order.HeadSha))
        {
            files[path] = _commits[order.HeadSha].Files[path];
        }

        var sha = Write(files, $"{order.Message}{order.At:O}", into, order.HeadSha);
        _branches[order.BaseRef] = sha;
        return new MergeOutcome.Merged(sha, IsFastForward: false);
    });

    public Task<BranchReport> LookAsync(RegisteredRepository repository, string branch, string? known, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> ReadLogAsync(RegisteredRepository repository, long runId, int maxCharacters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task StopAsync(RegisteredRepository repository, long runId, CancellationToken cancellationToken) => throw new NotSupportedException();

    private async Task<T> CallAsync<T>(string name, Func<T> act)
    {
        int number;
        lock (_lock)
        {
            _calls.Add(name);
            number = _calls.Count(call => call == name);
        }

        await Before(name, number);
        T result;
        lock (_lock)
        {
            result = act();
        }

        await After(name, number);
        return result;
    }

    private bool IsIn(string sha, string head) => head == sha || _commits[head].Parents.Any(parent => IsIn(sha, parent));

    private string[] ChangesBetween(string from, string to)
    {
        var (one, other) = (_commits[from].Files, _commits[to].Files);
        return [.. one.Keys.Union(other.Keys).Where(path => one.GetValueOrDefault(path) != other.GetValueOrDefault(path))];
    }

    private string Write(Dictionary<string, string> files, string message, params string[] parents)
    {
        var text = string.Join('\n', [message, .. parents, .. files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}={file.Value}")]);
        var sha = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
        _commits[sha] = (files, parents);
        return sha;
    }

    private sealed class Tree(Dictionary<string, string> files) : IRepositoryTree
    {
        public IReadOnlyList<TreeEntry> Entries { get; } =
            [.. files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new TreeEntry(file.Key, TreeEntryKind.File, Encoding.UTF8.GetByteCount(file.Value)))];

        public ReadOnlyMemory<byte>? Read(string path, int maxBytes) =>
            files.TryGetValue(path, out var content) && Encoding.UTF8.GetByteCount(content) <= maxBytes ? Encoding.UTF8.GetBytes(content) : (ReadOnlyMemory<byte>?)null;

        public void Dispose()
        {
        }
    }
}
