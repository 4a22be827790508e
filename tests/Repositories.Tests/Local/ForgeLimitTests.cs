using Jobs.Domain.Repositories;
using Jobs.Repositories.Local;

namespace Jobs.Repositories.Tests.Local;

/// <summary>Each limit is kept at what it says and refused one past it.</summary>
public sealed class ForgeLimitTests : IDisposable
{
    private readonly LocalForgeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Bytes_of_a_file_and_of_a_commit()
    {
        var start = await _fixture.StartAsync();
        var most = new byte[ForgeLimits.MaxFileBytes];
        var files = ForgeLimits.MaxCommitBytes / ForgeLimits.MaxFileBytes;
        FileEdit[] all = [.. Enumerable.Range(0, files).Select(number => new FileEdit.Write($"{number}.bin", most))];

        await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, new FileEdit.Write("big.bin", new byte[ForgeLimits.MaxFileBytes + 1])));
        await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, [.. all, LocalForgeFixture.Write("one.txt", "1")]));
        var head = await _fixture.CommitAsync(start, all);

        Assert.Equal(files, _fixture.Git("diff", "--name-only", "main", head).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Edits_of_a_commit()
    {
        var start = await _fixture.StartAsync();
        FileEdit[] most = [.. Enumerable.Range(0, ForgeLimits.MaxEdits - 1).Select(number => new FileEdit.Delete($"{number}")), LocalForgeFixture.Write("a.txt", "a\n")];

        await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, [.. most, new FileEdit.Delete("b")]));
        Assert.NotEqual(start.HeadSha, await _fixture.CommitAsync(start, most));
    }

    [Fact]
    public async Task Folders_within_each_other()
    {
        var start = await _fixture.StartAsync();
        var deepest = string.Join('/', Enumerable.Repeat("d", ForgeLimits.MaxTreeDepth));

        Assert.Contains("folders", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, LocalForgeFixture.Write($"d/{deepest}", "x"))), StringComparison.Ordinal);
        var head = await _fixture.CommitAsync(start, LocalForgeFixture.Write(deepest, "x"));
        using var tree = await _fixture.Forge.OpenTreeAsync(_fixture.Repository, head, CancellationToken.None);
        Assert.Contains(tree.Entries, entry => entry.Path == deepest);

        var deeper = _fixture.Git("commit-tree", _fixture.Tree([$"040000 tree {_fixture.Sha($"{head}^{{tree}}")}\tdeep"]), "-m", "Deeper").Trim();
        await _fixture.RefusedAsync(() => _fixture.Forge.OpenTreeAsync(_fixture.Repository, deeper, CancellationToken.None));
    }

    [Fact]
    public async Task Files_of_a_tree()
    {
        // 50,000 paths of a few objects: each tree names the one before it many times.
        var blob = _fixture.Sha("HEAD:README.md");
        var tree = _fixture.Tree(Enumerable.Range(0, 10).Select(number => $"100644 blob {blob}\tf{number}"));
        for (var level = 0; level < 3; level++)
        {
            tree = _fixture.Tree(Enumerable.Range(0, 10).Select(number => $"040000 tree {tree}\td{number}"));
        }

        var folders = Enumerable.Range(0, ForgeLimits.MaxTreeEntries / 10_000).Select(number => $"040000 tree {tree}\td{number}").ToArray();
        var most = _fixture.Git("commit-tree", _fixture.Tree(folders), "-m", "Most").Trim();
        var beyond = _fixture.Git("commit-tree", _fixture.Tree([.. folders, $"100644 blob {blob}\tone"]), "-m", "Beyond").Trim();

        using var opened = await _fixture.Forge.OpenTreeAsync(_fixture.Repository, most, CancellationToken.None);
        Assert.Equal(ForgeLimits.MaxTreeEntries, opened.Entries.Count);
        Assert.Contains("50,000 files", await _fixture.RefusedAsync(() => _fixture.Forge.OpenTreeAsync(_fixture.Repository, beyond, CancellationToken.None)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_without_end_are_not_walked()
    {
        var tree = _fixture.Sha("HEAD^{tree}");
        for (var level = 0; level < 30; level++)
        {
            tree = _fixture.Tree(Enumerable.Range(0, 10).Select(number => $"040000 tree {tree}\td{number}"));
        }

        var commit = _fixture.Git("commit-tree", tree, "-m", "Many").Trim();

        await _fixture.RefusedAsync(() => _fixture.Forge.OpenTreeAsync(_fixture.Repository, commit, CancellationToken.None));
    }

    [Fact]
    public async Task Name_of_a_branch()
    {
        var most = new string('b', ForgeLimits.MaxBranchLength);
        _fixture.Git("branch", most);
        _fixture.Git("branch", most + "b");

        Assert.Equal(_fixture.Sha("main"), (await _fixture.Forge.StartAsync(_fixture.OrderOf("abc12345") with { BaseRef = most }, CancellationToken.None)).BaseSha);
        await _fixture.RefusedAsync(() => _fixture.Forge.StartAsync(_fixture.OrderOf("def12345") with { BaseRef = most + "b" }, CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Paths_of_a_conflict(int more)
    {
        var names = Enumerable.Range(0, ForgeLimits.MaxConflictPaths + more).Select(number => $"{number:000}.txt").ToArray();
        var (_, ours) = await _fixture.ChangeAsync("abc12345", [.. names.Select(name => LocalForgeFixture.Write(name, "ours\n"))]);
        var (_, theirs) = await _fixture.ChangeAsync("def12345", [.. names.Select(name => LocalForgeFixture.Write(name, "theirs\n"))]);
        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(ours));

        Assert.Equal(names.Take(ForgeLimits.MaxConflictPaths), Assert.IsType<MergeOutcome.Conflict>(await _fixture.MergeAsync(theirs)).Paths);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Files_that_change_in_a_folder(int more)
    {
        var blob = _fixture.Sha("HEAD:README.md");
        var tree = _fixture.Tree(Enumerable.Range(0, 100).Select(number => $"100644 blob {blob}\tf{number:00}"));
        var added = _fixture.Tree(Enumerable.Range(0, WorkingFolder.MaxChanges / 100).Select(number => $"040000 tree {tree}\td{number:00}"));
        var entries = _fixture.Git("ls-tree", "HEAD").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var root = _fixture.Tree([.. entries, $"040000 tree {added}\tadded", .. Enumerable.Range(0, more).Select(number => $"100644 blob {blob}\tmore{number}")]);
        var head = _fixture.Git("commit-tree", root, "-p", "HEAD", "-m", "Many").Trim();

        var outcome = await _fixture.MergeAsync(head);

        if (more == 0)
        {
            Assert.IsType<MergeOutcome.Merged>(outcome);
            Assert.Equal("", _fixture.Git("status", "--porcelain"));
        }
        else
        {
            Assert.Contains("10,000 files", Assert.IsType<MergeOutcome.Refused>(outcome).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Files_of_gits_own()
    {
        var git = Path.Combine(_fixture.Folder, ".git");
        var present = Directory.EnumerateFileSystemEntries(git, "*", SearchOption.AllDirectories).Count(entry => !entry.StartsWith(Path.Combine(git, "hooks/"), StringComparison.Ordinal));
        var folder = Directory.CreateDirectory(Path.Combine(git, "objects/00")).FullName;
        for (var number = present + 1; number < GitFolder.MaxFiles; number++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{number}"), []);
        }

        await _fixture.Forge.InspectAsync(_fixture.Folder, CancellationToken.None);
        File.WriteAllBytes(Path.Combine(folder, "one"), []);
        Assert.Contains("git gc", await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(_fixture.Folder, CancellationToken.None)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_of_a_configuration()
    {
        var path = Path.Combine(_fixture.Folder, ".git/config");
        var padding = GitFolder.MaxConfigurationBytes - new FileInfo(path).Length;
        File.AppendAllText(path, string.Concat(Enumerable.Repeat("#\n", (int)padding / 2)) + (padding % 2 == 1 ? "\n" : ""));
        Assert.Equal(GitFolder.MaxConfigurationBytes, new FileInfo(path).Length);

        await _fixture.Forge.InspectAsync(_fixture.Folder, CancellationToken.None);
        File.AppendAllText(path, "\n");
        Assert.Contains("too large", await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(_fixture.Folder, CancellationToken.None)), StringComparison.Ordinal);
    }
}
