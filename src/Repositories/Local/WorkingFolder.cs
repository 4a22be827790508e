using System.Diagnostics;
using System.Text;
using Jobs.Domain;
using Jobs.Domain.Repositories;
using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;

namespace Jobs.Repositories.Local;

/// <summary>
/// The files of a branch that a repository has checked out in its own folder, brought from one commit to another. Git's own lock of the index is held meanwhile, and says what is under way, so
/// that whoever comes after a crash can end it. No link is followed, no attribute or filter applied: a file is its blob's bytes, or the folder counts as changed.
/// </summary>
internal sealed class WorkingFolder(LibGit2 git, GitFolder folder, GitRepository repository, string branch)
{
    /// <summary>The most files that a move may change.</summary>
    public const int MaxChanges = 10_000;

    private const string Journal = "jobs moves";

    private static readonly string[] Operations = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "sequencer"];

    private readonly string _root = folder.WorkingFolder ?? throw new ArgumentException("The repository is bare.", nameof(folder));

    /// <summary>True where the repository's own folder has a branch checked out.</summary>
    public static bool Holds(GitFolder folder, GitRepository repository, string branch) => folder.WorkingFolder is not null && IsHead(repository, branch);

    /// <summary>True where a linked working folder (<c>git worktree</c>) has a branch checked out.</summary>
    public static bool IsInLinkedFolder(GitFolder folder, string branch)
    {
        var linked = new DirectoryInfo(Path.Combine(folder.Folder, "worktrees"));
        return linked is { Exists: true, LinkTarget: null }
            && linked.EnumerateDirectories().Any(entry => new FileInfo(Path.Combine(entry.FullName, "HEAD")) is { Exists: true, LinkTarget: null, Length: < 4096 } head
                && File.ReadAllText(head.FullName).Trim() == $"ref: {branch}");
    }

    /// <summary>Ends what a process has left half done, if one has.</summary>
    public static void Recover(LibGit2 git, GitFolder folder, GitRepository repository, CancellationToken cancellationToken)
    {
        if (folder.WorkingFolder is not null && ReadJournal(folder) is { } journal)
        {
            var working = new WorkingFolder(git, folder, repository, journal.Branch);
            using (working.TakeTurn(cancellationToken))
            {
                working.EndJournal(cancellationToken);
            }
        }
    }

    /// <summary>Moves the branch and the folder.</summary>
    public BranchMove Move(Commit from, Commit to, string message, CancellationToken cancellationToken)
    {
        using var turn = TakeTurn(cancellationToken);
        EndJournal(cancellationToken);
        if (!TryLockIndex($"{Journal} {branch} {from.Sha} {to.Sha}\n"))
        {
            throw new ForgeException("Another program works in the repository's folder (index.lock).", isTransient: true);
        }

        var isBegun = false;
        try
        {
            if (!IsHead(repository, branch) || LocalBranch.FindReference(repository, branch) != from.Id)
            {
                return new BranchMove.Changed();
            }

            if (Changes(from, to, cancellationToken) is not { } changes)
            {
                return new BranchMove.Refused($"More than {MaxChanges:N0} files would change in the repository's folder.");
            }

            if ((FaultOfState(from, cancellationToken) ?? changes.Select(FaultOf).FirstOrDefault(static fault => fault is not null)) is { } fault)
            {
                return new BranchMove.Refused(fault);
            }

            var move = BranchMove.MoveReference(folder, branch, from.Id, to.Id, message);
            if (move is not BranchMove.Moved)
            {
                return move;
            }

            // From here on the lock stays if something fails, so that the next attempt goes on.
            isBegun = true;
            Write(changes, to, cancellationToken);
            return move;
        }
        finally
        {
            if (!isBegun)
            {
                File.Delete(In("index.lock"));
            }
        }
    }

    private static bool IsHead(GitRepository repository, string branch) => repository.Refs.Head is SymbolicReference head && head.TargetIdentifier == branch;

    private static (string Branch, string From, string To)? ReadJournal(GitFolder folder)
    {
        var file = new FileInfo(Path.Combine(folder.Folder, "index.lock"));
        if (file is not { Exists: true, LinkTarget: null, Length: < 4096 })
        {
            return null;
        }

        string text;
        try
        {
            text = File.ReadAllText(file.FullName);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        return text.StartsWith(Journal + " ", StringComparison.Ordinal) && text.EndsWith('\n') && text[(Journal.Length + 1)..].TrimEnd('\n').Split(' ') is [var branch, var from, var to]
            ? (branch, from, to)
            : null;
    }

    /// <summary>Lets one of us at a time at the folder, whichever process it is in: the kernel gives the turn on when a process ends.</summary>
    private FileStream TakeTurn(CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(In("jobs.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < TimeSpan.FromSeconds(20))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Thread.Sleep(20);
            }
        }
    }

    private void EndJournal(CancellationToken cancellationToken)
    {
        if (ReadJournal(folder) is not { } journal)
        {
            return;
        }

        // The move of the reference is what counts: before it nothing was written, and after it everything is to be.
        if (LocalBranch.FindCommit(repository, journal.From) is { } from
            && LocalBranch.FindCommit(repository, journal.To) is { } to
            && IsHead(repository, journal.Branch)
            && LocalBranch.FindReference(repository, journal.Branch) == to.Id
            && Changes(from, to, cancellationToken) is { } changes)
        {
            Write([.. changes.Where(change => FaultOf(change) is null)], to, cancellationToken);
        }
        else
        {
            File.Delete(In("index.lock"));
        }
    }

    private bool TryLockIndex(string journal)
    {
        try
        {
            using var file = new FileStream(In("index.lock"), FileMode.CreateNew, FileAccess.Write, FileShare.None);
            file.Write(Encoding.UTF8.GetBytes(journal));
            return true;
        }
        catch (IOException) when (File.Exists(In("index.lock")))
        {
            return false;
        }
    }

    /// <summary>What differs between two commits; null where that is too much.</summary>
    private static List<Change>? Changes(Commit from, Commit to, CancellationToken cancellationToken)
    {
        var old = Files(from, cancellationToken);
        var @new = Files(to, cancellationToken);
        List<Change> changes =
        [
            .. old.Where(entry => !@new.TryGetValue(entry.Key, out var other) || other != entry.Value).Select(entry => new Change(entry.Key, entry.Value, @new.GetValueOrDefault(entry.Key))),
            .. @new.Where(entry => !old.ContainsKey(entry.Key)).Select(entry => new Change(entry.Key, null, entry.Value)),
        ];
        return changes.Count <= MaxChanges ? changes : null;
    }

    private static Dictionary<string, FileState> Files(Commit commit, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, FileState>(StringComparer.Ordinal);
        foreach (var (path, entry) in LocalTree.Walk(commit.Tree, cancellationToken))
        {
            files[path] = new FileState(entry.Target.Id, entry.Mode == Mode.NonExecutableGroupWritableFile ? Mode.NonExecutableFile : entry.Mode);
        }

        return files;
    }

    /// <summary>Why the folder is not as the commit has it; null when it is.</summary>
    private string? FaultOfState(Commit commit, CancellationToken cancellationToken)
    {
        if (Operations.Any(operation => Path.Exists(In(operation))))
        {
            return "The repository's folder is in the middle of a merge, rebase or pick.";
        }

        var files = Files(commit, cancellationToken);
        if (!IsIndexOf(files))
        {
            return "The repository's folder has changes that are staged.";
        }

        var realFolders = new HashSet<string>(StringComparer.Ordinal) { "" };
        foreach (var (path, state) in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (state.Mode != Mode.GitLink && !(IsInRealFolder(path, realFolders) && Is(path, state)))
            {
                return $"The repository's folder has changes that are not committed (\"{Texts.Cut(Texts.Plain(path), 200)}\").";
            }
        }

        return null;
    }

    private bool IsIndexOf(Dictionary<string, FileState> files)
    {
        if (new FileInfo(In("index")) is not { Exists: true })
        {
            return files.Count == 0;
        }

        var copy = LibGit2.NewFolder();
        try
        {
            var path = Path.Combine(copy.FullName, "index");
            File.Copy(In("index"), path);
            using var opened = git.Open(folder, path);
            return opened.Index.Count == files.Count
                && opened.Index.All(entry => entry.StageLevel == StageLevel.Staged
                    && files.TryGetValue(entry.Path, out var state)
                    && state.Id == entry.Id
                    && state.Mode == entry.Mode);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>True where each folder above a path is one, and no link.</summary>
    private bool IsInRealFolder(string path, HashSet<string> known)
    {
        var parent = ParentOf(path);
        if (known.Contains(parent))
        {
            return true;
        }

        if (!IsInRealFolder(parent, known) || new DirectoryInfo(At(parent)) is not { Exists: true, LinkTarget: null })
        {
            return false;
        }

        known.Add(parent);
        return true;
    }

    private bool Is(string path, FileState state)
    {
        var file = new FileInfo(At(path));
        if (state.Mode == Mode.SymbolicLink)
        {
            return file.LinkTarget is { } target && repository.Lookup<Blob>(state.Id) is { } link && link.Size < 4096 && link.GetContentText(Encoding.UTF8) == target;
        }

        if (file is not { Exists: true, LinkTarget: null } || repository.Lookup<Blob>(state.Id) is not { } blob || file.Length != blob.Size)
        {
            return false;
        }

        if (!OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) != (state.Mode == Mode.ExecutableFile))
        {
            return false;
        }

        using var there = file.OpenRead();
        using var wanted = blob.GetContentStream();
        return AreSame(there, wanted);
    }

    private static bool AreSame(Stream one, Stream other)
    {
        Span<byte> first = new byte[16 * 1024];
        Span<byte> second = new byte[16 * 1024];
        while (true)
        {
            var read = one.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            if (other.ReadAtLeast(second, second.Length, throwOnEndOfStream: false) != read || !first[..read].SequenceEqual(second[..read]))
            {
                return false;
            }

            if (read < first.Length)
            {
                return true;
            }
        }
    }

    /// <summary>Why a change cannot be made; null when it can.</summary>
    private string? FaultOf(Change change)
    {
        var shown = Texts.Cut(Texts.Plain(change.Path), 200);
        if (RepositoryPath.FaultOf(change.Path) is not null)
        {
            return $"\"{shown}\" is no path that jobs write in the repository's folder.";
        }

        if (change.From?.Mode is Mode.SymbolicLink or Mode.GitLink || change.To?.Mode is Mode.SymbolicLink or Mode.GitLink)
        {
            return $"\"{shown}\" is a link or a submodule, which jobs do not change in the repository's folder.";
        }

        for (var parent = ParentOf(change.Path); parent.Length > 0; parent = ParentOf(parent))
        {
            if (new FileInfo(At(parent)) is { } file && (file.LinkTarget is not null || file.Exists))
            {
                // A file that the same move takes away is none that stands in the way, but that is a move for Git itself.
                return $"\"{shown}\" lies in what is no folder.";
            }
        }

        return change.From is null && Path.Exists(At(change.Path)) && !Is(change.Path, change.To!)
            ? $"\"{shown}\" is in the way: Git does not know it."
            : null;
    }

    /// <summary>Writes the files and then the index, and gives the lock back. May be done again after a crash.</summary>
    private void Write(IReadOnlyList<Change> changes, Commit to, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (change.To is not { } state)
            {
                Remove(change);
            }
            else if (change.From is null || Is(change.Path, change.From))
            {
                Write(change.Path, state);
            }
        }

        WriteIndex(to);
        File.Delete(In("index.lock"));
    }

    private void Remove(Change change)
    {
        if (!Is(change.Path, change.From!))
        {
            return;
        }

        File.Delete(At(change.Path));
        for (var parent = ParentOf(change.Path); parent.Length > 0 && !Directory.EnumerateFileSystemEntries(At(parent)).Any(); parent = ParentOf(parent))
        {
            Directory.Delete(At(parent));
        }
    }

    private void Write(string path, FileState state)
    {
        var blob = repository.Lookup<Blob>(state.Id) ?? throw new ForgeException("A part of the repository is missing.", isTransient: false);
        Directory.CreateDirectory(At(ParentOf(path)));
        var part = In("jobs.part");
        using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None))
        using (var content = blob.GetContentStream())
        {
            content.CopyTo(file);
        }

        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            const UnixFileMode Run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(part, state.Mode == Mode.ExecutableFile ? Plain | Run : Plain);
        }

        // Takes the place of what is there in one step, and follows no link.
        File.Move(part, At(path), overwrite: true);
    }

    private void WriteIndex(Commit commit)
    {
        var copy = LibGit2.NewFolder();
        try
        {
            var path = Path.Combine(copy.FullName, "index");
            if (File.Exists(In("index")))
            {
                File.Copy(In("index"), path);
            }

            using (var opened = git.Open(folder, path))
            {
                opened.Index.Replace(opened.Lookup<Tree>(commit.Tree.Id));
                opened.Index.Write();
            }

            File.Copy(path, In("jobs.part"), overwrite: true);
            File.Move(In("jobs.part"), In("index"), overwrite: true);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static string ParentOf(string path) => path.LastIndexOf('/') is >= 0 and var at ? path[..at] : "";

    private string At(string path) => Path.Combine(_root, path.Replace('/', Path.DirectorySeparatorChar));

    private string In(string name) => Path.Combine(folder.Folder, name);

    /// <summary>A file as a commit has it.</summary>
    private sealed record FileState(ObjectId Id, Mode Mode);

    /// <summary>What becomes of a file; null where there is none before, or after.</summary>
    private sealed record Change(string Path, FileState? From, FileState? To);
}
