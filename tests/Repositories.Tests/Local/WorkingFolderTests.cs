using Jobs.Domain.Repositories;

namespace Jobs.Repositories.Tests.Local;

public sealed class WorkingFolderTests : IDisposable
{
    private readonly LocalForgeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Clean_folder_is_brought_up_to_date()
    {
        var (_, head) = await ChangeAsync();

        Assert.Equal(new MergeOutcome.Merged(head, IsFastForward: true), await _fixture.MergeAsync(head));

        AssertUpToDate(head);
        Assert.Equal("a\n", Read("new/deep/a.txt"));
        Assert.Equal("#!/bin/sh\necho goodbye\n", Read("run.sh"));
        Assert.True(File.GetUnixFileMode(At("run.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.False(Directory.Exists(At("src")));
        Assert.Contains("merge: Fast-forward", _fixture.Git("reflog", "show", "main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_commit_is_checked_out_too_and_untracked_files_stay()
    {
        var (_, head) = await ChangeAsync();
        _fixture.CommitByHand("By hand", ("hand.txt", "hand\n"));
        File.WriteAllText(At("untracked.txt"), "mine\n");

        var merged = Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(head));

        Assert.False(merged.IsFastForward);
        Assert.Equal("?? untracked.txt\n", _fixture.Git("status", "--porcelain"));
        Assert.Equal("a\n", Read("new/deep/a.txt"));
        Assert.Equal("hand\n", Read("hand.txt"));
        _fixture.AssertSound();
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("staged")]
    [InlineData("deleted")]
    [InlineData("mode")]
    [InlineData("link")]
    [InlineData("folder is a link")]
    [InlineData("in the way")]
    [InlineData("merging")]
    public async Task Folder_with_work_in_it_is_left_alone(string @case)
    {
        var (_, head) = await ChangeAsync();
        var before = _fixture.Sha("main");
        switch (@case)
        {
            case "changed":
                File.AppendAllText(At("README.md"), "mine\n");
                break;
            case "staged":
                File.WriteAllText(At("staged.txt"), "mine\n");
                _fixture.Git("add", "staged.txt");
                break;
            case "deleted":
                File.Delete(At("README.md"));
                break;
            case "mode":
                File.SetUnixFileMode(At("README.md"), File.GetUnixFileMode(At("README.md")) | UnixFileMode.UserExecute);
                break;
            case "link":
                File.Copy(At("README.md"), Path.Combine(_fixture.Outside, "README.md"));
                File.Delete(At("README.md"));
                File.CreateSymbolicLink(At("README.md"), Path.Combine(_fixture.Outside, "README.md"));
                break;
            case "folder is a link":
                Directory.Move(At("src"), Path.Combine(_fixture.Outside, "src"));
                Directory.CreateSymbolicLink(At("src"), Path.Combine(_fixture.Outside, "src"));
                break;
            case "in the way":
                Directory.CreateDirectory(At("new/deep"));
                File.WriteAllText(At("new/deep/a.txt"), "mine\n");
                break;
            default:
                File.WriteAllText(At(".git/MERGE_HEAD"), before + "\n");
                break;
        }

        var refused = Assert.IsType<MergeOutcome.Refused>(await _fixture.MergeAsync(head));

        Assert.DoesNotContain(_fixture.Root, refused.Reason, StringComparison.Ordinal);
        Assert.Equal(before, _fixture.Sha("main"));
        Assert.False(File.Exists(At(".git/index.lock")));
        Assert.Equal("#!/bin/sh\necho hello\n", Read("run.sh"));
    }

    [Fact]
    public async Task Link_in_the_way_of_a_new_folder_is_not_followed()
    {
        var (_, head) = await ChangeAsync();
        Directory.CreateSymbolicLink(At("new"), _fixture.Outside);

        Assert.IsType<MergeOutcome.Refused>(await _fixture.MergeAsync(head));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture.Outside));
    }

    [Fact]
    public async Task Commit_that_brings_links_or_paths_of_gits_own_is_not_checked_out()
    {
        var blob = _fixture.Sha("HEAD:README.md");
        foreach (var (mode, path) in new[] { ("120000", "link"), ("100644", "a:b") })
        {
            _fixture.Git("checkout", "--quiet", "-b", $"made-{mode}");
            _fixture.Git("update-index", "--add", "--cacheinfo", $"{mode},{blob},{path}");
            _fixture.Git("commit", "--quiet", "--message=Made");
            var head = _fixture.Sha("HEAD");
            _fixture.Git("reset", "--quiet", "--hard", "main");
            _fixture.Git("checkout", "--quiet", "main");

            Assert.IsType<MergeOutcome.Refused>(await _fixture.MergeAsync(head));
            Assert.False(Path.Exists(At(path)));
        }
    }

    [Fact]
    public async Task Base_in_a_linked_working_folder_is_refused()
    {
        var (_, head) = await ChangeAsync();
        _fixture.Git("checkout", "--quiet", "-b", "aside");
        _fixture.Git("worktree", "add", "--quiet", Path.Combine(_fixture.Outside, "linked"), "main");

        Assert.Contains("linked working folder", Assert.IsType<MergeOutcome.Refused>(await _fixture.MergeAsync(head)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Base_that_is_not_checked_out_is_merged_beside_a_folder_with_work_in_it()
    {
        var (_, head) = await ChangeAsync();
        _fixture.Git("checkout", "--quiet", "-b", "aside");
        File.AppendAllText(At("README.md"), "mine\n");

        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(head));
        Assert.Equal(" M README.md\n", _fixture.Git("status", "--porcelain"));
    }

    [Fact]
    public async Task Job_s_branch_that_somebody_looks_at_is_brought_along()
    {
        var (start, head) = await ChangeAsync();
        _fixture.Git("checkout", "--quiet", "job/abc12345");

        var next = await _fixture.CommitAsync(start with { HeadSha = head }, LocalForgeFixture.Write("second.txt", "second\n"));

        AssertUpToDate(next);
        Assert.Equal("second\n", Read("second.txt"));
    }

    [Theory]
    [InlineData("nothing was done")]
    [InlineData("the branch was moved")]
    [InlineData("half of the files were written")]
    [InlineData("all but the index was written")]
    [InlineData("all but the lock is done")]
    public async Task Merge_that_died_is_ended_by_the_next(string @case)
    {
        var (start, head) = await ChangeAsync();
        File.WriteAllText(At(".git/index.lock"), $"jobs moves refs/heads/main {start.BaseSha} {head}\n");
        if (@case != "nothing was done")
        {
            _fixture.Git("update-ref", "refs/heads/main", head);
        }

        if (@case is "half of the files were written" or "all but the index was written" or "all but the lock is done")
        {
            Directory.CreateDirectory(At("new/deep"));
            File.WriteAllText(At("new/deep/a.txt"), "a\n");
            Directory.Delete(At("src"), recursive: true);
        }

        if (@case is "all but the index was written" or "all but the lock is done")
        {
            File.WriteAllText(At("run.sh"), "#!/bin/sh\necho goodbye\n");
        }

        if (@case == "all but the lock is done")
        {
            File.Delete(At(".git/index.lock"));
            _fixture.Git("read-tree", head);
            File.WriteAllText(At(".git/index.lock"), $"jobs moves refs/heads/main {start.BaseSha} {head}\n");
        }

        using var forge = _fixture.NewForge();
        var outcome = await forge.MergeAsync(new MergeOrder(_fixture.Repository, "main", head, "Merge", LocalForgeFixture.At), CancellationToken.None);

        Assert.Equal(new MergeOutcome.Merged(head, IsFastForward: true), outcome);
        AssertUpToDate(head);
    }

    [Fact]
    public async Task Merge_that_died_leaves_alone_what_a_person_changed_since()
    {
        var (start, head) = await ChangeAsync();
        File.WriteAllText(At(".git/index.lock"), $"jobs moves refs/heads/main {start.BaseSha} {head}\n");
        _fixture.Git("update-ref", "refs/heads/main", head);
        File.WriteAllText(At("run.sh"), "mine\n");

        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(head));

        Assert.Equal(" M run.sh\n", _fixture.Git("status", "--porcelain"));
        Assert.Equal("mine\n", Read("run.sh"));
    }

    [Fact]
    public async Task Lock_of_git_itself_is_respected()
    {
        var (_, head) = await ChangeAsync();
        File.WriteAllText(At(".git/index.lock"), "DIRC");

        var exception = await Assert.ThrowsAsync<ForgeException>(() => _fixture.MergeAsync(head));
        Assert.True(exception.IsTransient);
        Assert.Equal("DIRC", Read(".git/index.lock"));
    }

    [Fact]
    public async Task Merges_side_by_side_leave_the_folder_clean()
    {
        var heads = new List<string>();
        for (var number = 0; number < 4; number++)
        {
            heads.Add((await _fixture.ChangeAsync($"job0000{number}", LocalForgeFixture.Write($"reports/{number}.md", $"# {number}\n"))).Head);
        }

        Assert.All(await Task.WhenAll(heads.Select(head => _fixture.MergeAsync(head))), outcome => Assert.IsType<MergeOutcome.Merged>(outcome));
        Assert.Equal("", _fixture.Git("status", "--porcelain"));
        Assert.Equal(4, Directory.GetFiles(At("reports")).Length);
        _fixture.AssertSound();
    }

    private Task<(BranchStart Start, string Head)> ChangeAsync() => _fixture.ChangeAsync(
        "abc12345",
        LocalForgeFixture.Write("new/deep/a.txt", "a\n"),
        LocalForgeFixture.Write("run.sh", "#!/bin/sh\necho goodbye\n"),
        new FileEdit.Delete("src/app.txt"));

    private void AssertUpToDate(string head)
    {
        Assert.Equal(head, _fixture.Sha("HEAD"));
        Assert.Equal("", _fixture.Git("status", "--porcelain"));
        Assert.False(File.Exists(At(".git/index.lock")));
        _fixture.AssertSound();
    }

    private string At(string path) => Path.Combine(_fixture.Folder, path);

    private string Read(string path) => File.ReadAllText(At(path));
}
