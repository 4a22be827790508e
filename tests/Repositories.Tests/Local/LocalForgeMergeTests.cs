using Jobs.Domain.Repositories;

namespace Jobs.Repositories.Tests.Local;

public sealed class LocalForgeMergeTests : IDisposable
{
    private readonly LocalForgeFixture _fixture = new(isBare: true);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Base_that_stands_still_is_moved_forward_and_merging_again_finds_it_merged()
    {
        var (_, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "a\n"));

        Assert.Equal(new MergeOutcome.Merged(head, IsFastForward: true), await _fixture.MergeAsync(head));
        Assert.Equal(new MergeOutcome.Merged(head, IsFastForward: true), await _fixture.MergeAsync(head));
        Assert.Equal(head, _fixture.Sha("main"));
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Base_that_went_on_gets_a_merge_commit_as_git_makes_it()
    {
        var (_, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "a\n"), LocalForgeFixture.Write("src/app.txt", Lines(40, 3, "three")));
        var (_, other) = await _fixture.ChangeAsync("def12345", LocalForgeFixture.Write("b.txt", "b\n"), LocalForgeFixture.Write("src/app.txt", Lines(40, 30, "thirty")));
        await _fixture.MergeAsync(other);
        var wanted = _fixture.Git("merge-tree", "--write-tree", "main", head).Trim();

        var merged = Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(head));

        Assert.False(merged.IsFastForward);
        Assert.Equal(merged.Sha, _fixture.Sha("main"));
        Assert.Equal($"{other} {head}|Merge job", _fixture.Git("log", "-1", "--format=%P|%s", "main").Trim());
        Assert.Equal(wanted, _fixture.Sha("main^{tree}"));
        _fixture.AssertSound();

        // And again, also when the base has gone on since.
        Assert.Equal(merged, await _fixture.MergeAsync(head));
        var (_, third) = await _fixture.ChangeAsync("ghi12345", LocalForgeFixture.Write("c.txt", "c\n"));
        await _fixture.MergeAsync(third);
        Assert.Equal(merged, await _fixture.MergeAsync(head));
        Assert.Equal("1", _fixture.Git("rev-list", "--count", "--merges", "main").Trim());
    }

    [Theory]
    [InlineData("both change a line", "README.md")]
    [InlineData("both add a file", "new.txt")]
    [InlineData("one deletes what the other changes", "README.md")]
    [InlineData("both rename to another path", "one.txt,src/app.txt,two.txt")]
    [InlineData("both change a binary file", "logo.bin")]
    [InlineData("a file here is a folder there", "place")]
    public async Task Conflict_names_its_paths_and_merges_nothing(string @case, string paths)
    {
        if (@case == "both change a binary file")
        {
            var (_, first) = await _fixture.ChangeAsync("seed1234", new FileEdit.Write("logo.bin", new byte[] { 0, 1, 2, 3 }));
            await _fixture.MergeAsync(first);
        }

        (FileEdit[] ours, FileEdit[] theirs) = @case switch
        {
            "both change a line" => (new FileEdit[] { LocalForgeFixture.Write("README.md", "# Ours\n") }, new FileEdit[] { LocalForgeFixture.Write("README.md", "# Theirs\n") }),
            "both add a file" => ([LocalForgeFixture.Write("new.txt", "ours\n")], [LocalForgeFixture.Write("new.txt", "theirs\n")]),
            "one deletes what the other changes" => ([new FileEdit.Delete("README.md")], [LocalForgeFixture.Write("README.md", "# Theirs\n")]),
            "both rename to another path" => ([new FileEdit.Rename("src/app.txt", "one.txt")], [new FileEdit.Rename("src/app.txt", "two.txt")]),
            "both change a binary file" => ([new FileEdit.Write("logo.bin", new byte[] { 0, 9 })], [new FileEdit.Write("logo.bin", new byte[] { 0, 8 })]),
            _ => ([LocalForgeFixture.Write("place", "a file\n")], [LocalForgeFixture.Write("place/inside.txt", "a folder\n")]),
        };
        var (_, our) = await _fixture.ChangeAsync("abc12345", ours);
        var (_, their) = await _fixture.ChangeAsync("def12345", theirs);
        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(our));
        Assert.NotEqual(0, GitProgram.Try(_fixture.Folder, "merge-tree", "--write-tree", "main", their).Code);

        var conflict = Assert.IsType<MergeOutcome.Conflict>(await _fixture.MergeAsync(their));

        Assert.Equal(paths, string.Join(',', conflict.Paths));
        Assert.Equal(our, _fixture.Sha("main"));
        Assert.IsType<MergeOutcome.Conflict>(await _fixture.MergeAsync(their));
    }

    [Fact]
    public async Task Change_of_a_file_follows_its_rename()
    {
        var (_, renamed) = await _fixture.ChangeAsync("abc12345", new FileEdit.Rename("src/app.txt", "lib/app.txt"));
        var (_, changed) = await _fixture.ChangeAsync("def12345", LocalForgeFixture.Write("src/app.txt", Lines(40, 5, "five")));
        await _fixture.MergeAsync(renamed);
        var wanted = _fixture.Git("merge-tree", "--write-tree", "main", changed).Trim();

        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(changed));
        Assert.Equal(wanted, _fixture.Sha("main^{tree}"));
        Assert.Equal(Lines(40, 5, "five"), _fixture.Git("show", "main:lib/app.txt"));
    }

    [Fact]
    public async Task Same_change_on_both_sides_is_no_conflict()
    {
        var (_, one) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "same\n"), LocalForgeFixture.Write("b.txt", "b\n"));
        var (_, other) = await _fixture.ChangeAsync("def12345", LocalForgeFixture.Write("a.txt", "same\n"));
        await _fixture.MergeAsync(one);

        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(other));
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Unrelated_history_deleted_base_and_lost_commit_are_refused_with_the_reason()
    {
        var tree = _fixture.Sha("main^{tree}");
        var orphan = _fixture.Git("commit-tree", tree, "-m", "Another beginning").Trim();
        Assert.Contains("nothing in common", Assert.IsType<MergeOutcome.Refused>(await _fixture.MergeAsync(orphan)).Reason, StringComparison.Ordinal);
        Assert.Contains("gone", Assert.IsType<MergeOutcome.Refused>(await _fixture.MergeAsync(new string('0', 40))).Reason, StringComparison.Ordinal);

        var (_, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "a\n"));
        _fixture.Git("symbolic-ref", "HEAD", "refs/heads/other");
        _fixture.Git("update-ref", "-d", "refs/heads/main");
        Assert.Contains("no branch 'main'", Assert.IsType<MergeOutcome.Refused>(await _fixture.MergeAsync(head)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Branch_that_names_another_reference_is_none()
    {
        var (_, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "a\n"));
        var before = _fixture.Sha("main");
        _fixture.Git("branch", "trunk", "main");
        _fixture.Git("symbolic-ref", "refs/heads/main", "refs/heads/trunk");

        Assert.IsType<MergeOutcome.Refused>(await _fixture.MergeAsync(head));
        Assert.Equal(before, _fixture.Sha("refs/heads/trunk"));
    }

    [Fact]
    public async Task Jobs_that_are_merged_side_by_side_all_arrive()
    {
        var changes = new List<string>();
        for (var number = 0; number < 6; number++)
        {
            changes.Add((await _fixture.ChangeAsync($"job0000{number}", LocalForgeFixture.Write($"reports/{number}.md", $"# {number}\n"))).Head);
        }

        // One that always finds the base moved gives up for now, and comes again.
        await Task.WhenAll(changes.Select(async head =>
        {
            while (true)
            {
                try
                {
                    Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(head));
                    return;
                }
                catch (ForgeException exception) when (exception.IsTransient)
                {
                    await Task.Yield();
                }
            }
        }));

        Assert.Equal(6, _fixture.Git("ls-tree", "--name-only", "main:reports").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("6", _fixture.Git("rev-list", "--count", "--no-merges", "main", "--", "reports").Trim());
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Lock_of_another_program_is_waited_for_and_then_told()
    {
        var (_, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "a\n"));
        var held = Path.Combine(_fixture.Folder, "refs/heads/main.lock");
        File.WriteAllText(held, "");

        var exception = await Assert.ThrowsAsync<ForgeException>(() => _fixture.MergeAsync(head));
        Assert.True(exception.IsTransient);

        File.Delete(held);
        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(head));
    }

    internal static string Lines(int count, int changed, string text) => string.Concat(Enumerable.Range(1, count).Select(number => number == changed ? $"{text}\n" : $"line {number}\n"));
}
