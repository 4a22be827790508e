using System.Text;
using Jobs.Domain.Repositories;

namespace Jobs.Repositories.Tests.Local;

public sealed class LocalForgeCommitTests : IDisposable
{
    private readonly LocalForgeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Commit_is_what_git_reads()
    {
        var start = await _fixture.StartAsync();
        var head = await _fixture.CommitAsync(
            start,
            LocalForgeFixture.Write("reports/daily.md", "# Today\n"),
            LocalForgeFixture.Write("run.sh", "#!/bin/sh\necho goodbye\n"),
            new FileEdit.Delete("README.md"),
            new FileEdit.Rename("src/app.txt", "lib/deep/app.txt"));

        Assert.Equal(head, _fixture.Sha("refs/heads/job/abc12345"));
        Assert.Equal(
            "D\tREADME.md\nR100\tsrc/app.txt\tlib/deep/app.txt\nA\treports/daily.md\nM\trun.sh\n",
            _fixture.Git("diff", "--name-status", "--find-renames", "main", head));
        Assert.Equal("# Today\n", _fixture.Git("show", $"{head}:reports/daily.md"));
        Assert.StartsWith("100755", _fixture.Git("ls-tree", head, "run.sh"), StringComparison.Ordinal);
        Assert.Equal(
            $"{start.BaseSha}|Jobs|jobs@jobs.invalid|{LocalForgeFixture.At.ToUnixTimeSeconds()}|Change it\n\nBecause it was asked for.\n\n",
            _fixture.Git("log", "-1", "--format=%P|%an|%ae|%ct|%B", head));
        Assert.DoesNotContain("src", _fixture.Git("ls-tree", "--name-only", head), StringComparison.Ordinal);
        Assert.Equal("", _fixture.Git("status", "--porcelain"));
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Same_order_makes_the_same_commit_and_is_found_done()
    {
        var start = await _fixture.StartAsync();
        var head = await _fixture.CommitAsync(start, LocalForgeFixture.Write("a.txt", "a\n"));

        Assert.Equal(head, await _fixture.CommitAsync(start, LocalForgeFixture.Write("a.txt", "a\n")));

        // The process ended after it wrote the objects and before it moved the branch.
        _fixture.Git("update-ref", "refs/heads/job/abc12345", start.BaseSha);
        Assert.Equal(head, await _fixture.CommitAsync(start, LocalForgeFixture.Write("a.txt", "a\n")));
        Assert.Equal(head, _fixture.Sha("refs/heads/job/abc12345"));

        // An attempt that comes late, when the job has gone on.
        var next = await _fixture.CommitAsync(start with { HeadSha = head }, LocalForgeFixture.Write("b.txt", "b\n"));
        Assert.Equal(head, await _fixture.CommitAsync(start, LocalForgeFixture.Write("a.txt", "a\n")));
        Assert.Equal(next, _fixture.Sha("refs/heads/job/abc12345"));
    }

    [Fact]
    public async Task Edits_that_change_nothing_make_no_commit()
    {
        var start = await _fixture.StartAsync();

        Assert.Equal(start.HeadSha, await _fixture.CommitAsync(start, LocalForgeFixture.Write("README.md", "# Project\n\nA project.\n"), new FileEdit.Delete("never.txt")));
        Assert.Equal(start.HeadSha, await _fixture.CommitAsync(start));
    }

    [Fact]
    public async Task Branch_that_somebody_moved_or_deleted_is_not_touched()
    {
        var start = await _fixture.StartAsync();
        _fixture.Git("checkout", "--quiet", start.Branch);
        var theirs = _fixture.CommitByHand("By hand", ("hand.txt", "hand\n"));
        _fixture.Git("checkout", "--quiet", "main");

        Assert.Contains("moved by somebody else", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, LocalForgeFixture.Write("a.txt", "a\n"))), StringComparison.Ordinal);
        Assert.Equal(theirs, _fixture.Sha("refs/heads/job/abc12345"));

        _fixture.Git("branch", "-D", "job/abc12345");
        await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, LocalForgeFixture.Write("a.txt", "a\n")));
        Assert.NotEqual(0, GitProgram.Try(_fixture.Folder, "rev-parse", "--verify", "--quiet", "refs/heads/job/abc12345").Code);
    }

    [Fact]
    public async Task Names_and_contents_of_any_language_and_binary_files_survive()
    {
        var binary = Enumerable.Range(0, 70_000).Select(number => (byte)(number * 31)).ToArray();
        var (_, head) = await _fixture.ChangeAsync(
            "abc12345",
            LocalForgeFixture.Write("Übersicht/日本語.md", "こんにちは\n"),
            LocalForgeFixture.Write("emoji 🎉/a b'c\".txt", "🎉"),
            LocalForgeFixture.Write("-rf", "a name that looks like an option\n"),
            new FileEdit.Write("images/logo.bin", binary),
            LocalForgeFixture.Write("crlf.txt", "one\r\ntwo\r\n"),
            LocalForgeFixture.Write("empty.txt", ""));

        Assert.Equal("こんにちは\n", _fixture.Git("show", $"{head}:Übersicht/日本語.md"));
        Assert.Equal("one\r\ntwo\r\n", _fixture.Git("cat-file", "blob", $"{head}:crlf.txt"));
        Assert.Equal("70000", _fixture.Git("cat-file", "-s", $"{head}:images/logo.bin").Trim());
        using var tree = await _fixture.Forge.OpenTreeAsync(_fixture.Repository, head, CancellationToken.None);
        Assert.Equal(binary, tree.Read("images/logo.bin", 70_000)!.Value.ToArray());
        Assert.Null(tree.Read("images/logo.bin", 69_999));
        Assert.Equal(0, tree.Read("empty.txt", 0)!.Value.Length);
        Assert.Equal(
            _fixture.Git("ls-tree", "-r", "-z", "--name-only", head).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            tree.Entries.Select(entry => entry.Path));
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Thousand_files_are_written_renamed_and_listed()
    {
        var start = await _fixture.StartAsync();
        var head = await _fixture.CommitAsync(start, [.. Enumerable.Range(0, 1_000).Select(number => LocalForgeFixture.Write($"pages/{number % 10}/{number:0000}.md", $"# {number}\n"))]);
        var renamed = await _fixture.CommitAsync(start with { HeadSha = head }, [.. Enumerable.Range(0, 1_000).Select(number => new FileEdit.Rename($"pages/{number % 10}/{number:0000}.md", $"docs/{number:0000}.md"))]);

        var files = await _fixture.Forge.ListChangedFilesAsync(_fixture.Repository, start, renamed, 10, 5, CancellationToken.None);
        Assert.Equal(1_000, files.Total);
        Assert.Equal(["docs/0010.md", "docs/0011.md", "docs/0012.md", "docs/0013.md", "docs/0014.md"], files.Paths);
        Assert.Equal("1000", _fixture.Git("diff", "--name-only", "main", renamed).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _fixture.AssertSound();
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData(".git/hooks/post-commit")]
    [InlineData("sub/.GIT/config")]
    [InlineData("git~1/config")]
    [InlineData(".gitmodules")]
    [InlineData("C:/a")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("README.md/a")]
    [InlineData("src")]
    [InlineData("readme.md")]
    [InlineData("SRC/other.txt")]
    public async Task Path_that_is_not_allowed_is_refused_and_nothing_is_written(string path)
    {
        var start = await _fixture.StartAsync();

        await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, LocalForgeFixture.Write("fine.txt", "fine\n"), LocalForgeFixture.Write(path, "x")));
        Assert.Equal(start.BaseSha, _fixture.Sha("refs/heads/job/abc12345"));
    }

    [Fact]
    public async Task Names_that_differ_in_case_only_are_refused_unless_one_takes_the_others_place()
    {
        var start = await _fixture.StartAsync();
        Assert.Contains("upper and lower case", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, LocalForgeFixture.Write("x/É.txt", "1"), LocalForgeFixture.Write("x/é.txt", "2"))), StringComparison.Ordinal);

        var head = await _fixture.CommitAsync(start, new FileEdit.Rename("README.md", "readme.md"), new FileEdit.Rename("src/app.txt", "Src/app.txt"));
        Assert.Equal("Src/app.txt\nreadme.md\nrun.sh\n", _fixture.Git("ls-tree", "-r", "--name-only", head));
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Case_collisions_that_are_there_already_are_kept()
    {
        _fixture.CommitByHand("Both", ("Makefile", "1\n"), ("makefile", "2\n"));
        var (_, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("makefile", "3\n"));

        Assert.Equal("1\n", _fixture.Git("show", $"{head}:Makefile"));
        Assert.Equal("3\n", _fixture.Git("show", $"{head}:makefile"));
    }

    [Fact]
    public async Task Renames_need_a_file_and_a_free_place()
    {
        var start = await _fixture.StartAsync();

        Assert.Contains("no file", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, new FileEdit.Rename("never.txt", "a.txt"))), StringComparison.Ordinal);
        Assert.Contains("there already", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, new FileEdit.Rename("run.sh", "README.md"))), StringComparison.Ordinal);
        Assert.Contains("no file", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, new FileEdit.Rename("src", "lib"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Globs_of_the_repository_bind_every_path_of_an_edit()
    {
        _fixture.Repository = _fixture.Repository with { AllowedPaths = ["reports/**", "*.md"] };
        var start = await _fixture.StartAsync();

        Assert.Contains("not among the paths", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, LocalForgeFixture.Write("src/a.txt", "a"))), StringComparison.Ordinal);
        Assert.Contains("not among the paths", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, new FileEdit.Rename("run.sh", "reports/run.sh"))), StringComparison.Ordinal);
        Assert.NotEqual(start.HeadSha, await _fixture.CommitAsync(start, new FileEdit.Rename("README.md", "reports/2026/README.md")));
    }

    [Fact]
    public async Task Links_and_submodules_are_left_alone_and_nothing_goes_through_them()
    {
        File.CreateSymbolicLink(Path.Combine(_fixture.Folder, "link"), _fixture.Outside);
        File.CreateSymbolicLink(Path.Combine(_fixture.Folder, "notes.md"), "/etc/passwd");
        _fixture.Git("update-index", "--add", "--cacheinfo", $"160000,{_fixture.Sha("HEAD")},vendor");
        _fixture.Git("add", "link", "notes.md");
        _fixture.Git("commit", "--quiet", "--message=Links");
        var start = await _fixture.StartAsync();

        foreach (var edit in new FileEdit[]
        {
            LocalForgeFixture.Write("link/a.txt", "a"), LocalForgeFixture.Write("link", "a"), LocalForgeFixture.Write("notes.md", "a"), LocalForgeFixture.Write("vendor/a.txt", "a"),
            LocalForgeFixture.Write("vendor", "a"), new FileEdit.Delete("link"), new FileEdit.Delete("vendor"), new FileEdit.Rename("notes.md", "b.md"), new FileEdit.Rename("README.md", "link/b.md"),
        })
        {
            await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, edit));
        }

        var head = await _fixture.CommitAsync(start, LocalForgeFixture.Write("new.txt", "new\n"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture.Outside));
        Assert.Equal("A\tnew.txt\n", _fixture.Git("diff", "--name-status", "main", head));
        using var tree = await _fixture.Forge.OpenTreeAsync(_fixture.Repository, head, CancellationToken.None);
        Assert.Equal([TreeEntryKind.Link, TreeEntryKind.Link, TreeEntryKind.Submodule], new[] { "link", "notes.md", "vendor" }.Select(path => tree.Entries.Single(entry => entry.Path == path).Kind));
        Assert.All(new[] { "link", "notes.md", "vendor", "link/a.txt", "../x", "src" }, path => Assert.Null(tree.Read(path, 1_000)));
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Folder_with_a_name_that_is_no_text_is_not_rewritten()
    {
        var blob = _fixture.Sha("HEAD:README.md");
        var list = Path.Combine(_fixture.Outside, "tree");
        File.WriteAllBytes(list, [.. Encoding.ASCII.GetBytes($"100644 blob {blob}\tcaf"), 0xE9, 0]);
        var tree = _fixture.Shell($"git mktree -z < '{list}'");
        _fixture.Git("read-tree", "--prefix=old/", tree);
        _fixture.Git("commit", "--quiet", "--message=Old");
        var start = await _fixture.StartAsync();

        Assert.Contains("no UTF-8", await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, LocalForgeFixture.Write("old/new.txt", "new\n"))), StringComparison.Ordinal);
        var head = await _fixture.CommitAsync(start, LocalForgeFixture.Write("src/new.txt", "new\n"));
        Assert.Equal(tree, _fixture.Sha($"{head}:old"));
    }

    [Fact]
    public async Task Message_is_cut_at_its_limit_and_holds_no_hidden_characters()
    {
        var start = await _fixture.StartAsync();
        var order = new CommitOrder(_fixture.Repository, start.Branch, start.HeadSha, [LocalForgeFixture.Write("a.txt", "a\n")], "Title\u202E \u0007of it\n\n# no comment\n" + new string('x', 30_000), LocalForgeFixture.At);

        var head = await _fixture.Forge.CommitAsync(order, CancellationToken.None);

        var message = _fixture.Git("log", "-1", "--format=%B", head).TrimEnd();
        Assert.StartsWith("Title of it\n\n# no comment\n", message, StringComparison.Ordinal);
        Assert.Equal(ForgeLimits.MaxMessageLength, message.Length);
    }
}
