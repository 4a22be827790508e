using Jobs.Domain.Repositories;

namespace Jobs.Repositories.Tests.Local;

public sealed class LocalForgeBranchTests : IDisposable
{
    private readonly LocalForgeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Inspect_names_the_branch_of_the_head(bool isBare)
    {
        using var fixture = new LocalForgeFixture(isBare);

        Assert.Equal(new RepositoryFacts("main"), await fixture.Forge.InspectAsync(fixture.Folder, CancellationToken.None));
    }

    [Fact]
    public async Task Inspect_refuses_a_head_that_is_no_branch_and_a_repository_without_a_commit()
    {
        _fixture.Git("checkout", "--quiet", "--detach");
        Assert.Equal("The repository's head is no branch.", await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(_fixture.Folder, CancellationToken.None)));

        var empty = Path.Combine(_fixture.Root, "empty");
        GitProgram.Run(_fixture.Root, "init", "--quiet", "--initial-branch=trunk", empty);
        Assert.Equal("The repository's branch 'trunk' has no commit yet.", await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(empty, CancellationToken.None)));
    }

    [Fact]
    public async Task Start_makes_a_branch_at_the_base_and_finds_it_again()
    {
        var main = _fixture.Sha("main");

        var first = await _fixture.StartAsync();
        var again = await _fixture.StartAsync();

        Assert.Equal(new BranchStart("job/abc12345", main, main), first);
        Assert.Equal(first, again);
        Assert.Equal(main, _fixture.Sha("refs/heads/job/abc12345"));
        Assert.Equal("main", _fixture.Git("branch", "--show-current").Trim());
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Start_after_a_crash_between_its_two_references_begins_at_the_same_commit()
    {
        var main = _fixture.Sha("main");
        _fixture.Git("update-ref", "refs/jobs/abc12345", main);
        _fixture.CommitByHand("Later", ("later.txt", "later\n"));

        Assert.Equal(new BranchStart("job/abc12345", main, main), await _fixture.StartAsync());
    }

    [Fact]
    public async Task Start_again_after_a_commit_still_says_where_the_branch_began()
    {
        var (start, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "a\n"));
        _fixture.CommitByHand("Later", ("later.txt", "later\n"));

        Assert.Equal(start with { HeadSha = head }, await _fixture.StartAsync());
        Assert.Equal(start with { HeadSha = head }, await _fixture.StartAsync(round: 1));
    }

    [Fact]
    public async Task Leftover_branch_of_that_name_is_refused_and_left_alone()
    {
        _fixture.Git("branch", "job/abc12345");
        var leftover = _fixture.Sha("refs/heads/job/abc12345");

        Assert.Equal("There is a branch 'job/abc12345' already, and it is not this job's.", await _fixture.RefusedAsync(() => _fixture.StartAsync()));
        Assert.Equal(leftover, _fixture.Sha("refs/heads/job/abc12345"));
    }

    [Fact]
    public async Task Follow_up_on_a_deleted_branch_is_refused()
    {
        await _fixture.StartAsync();
        _fixture.Git("branch", "-D", "job/abc12345");

        Assert.Contains("is gone", await _fixture.RefusedAsync(() => _fixture.StartAsync(round: 1)), StringComparison.Ordinal);
        var report = await _fixture.Forge.LookAsync(_fixture.Repository, "job/abc12345", null, CancellationToken.None);
        Assert.Equal(new BranchReport(false, null, null, null, null), report);
    }

    [Fact]
    public async Task Branch_that_stands_where_the_folder_of_branches_would_is_named()
    {
        _fixture.Git("branch", "job");
        Assert.Contains("has a branch 'job'", await _fixture.RefusedAsync(() => _fixture.StartAsync()), StringComparison.Ordinal);

        _fixture.Git("pack-refs", "--all");
        Assert.Contains("has a branch 'job'", await _fixture.RefusedAsync(() => _fixture.StartAsync("def12345")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("../main")]
    [InlineData("-f")]
    [InlineData("main.lock")]
    [InlineData("")]
    public async Task Base_that_is_no_branch_is_refused(string name) =>
        await _fixture.RefusedAsync(() => _fixture.Forge.StartAsync(_fixture.OrderOf("abc12345") with { BaseRef = name }, CancellationToken.None));

    [Fact]
    public async Task Packed_references_are_read_and_moved()
    {
        _fixture.Git("pack-refs", "--all");
        var (_, head) = await _fixture.ChangeAsync("abc12345", LocalForgeFixture.Write("a.txt", "a\n"));
        _fixture.Git("pack-refs", "--all");

        Assert.IsType<MergeOutcome.Merged>(await _fixture.MergeAsync(head));
        Assert.Equal(head, _fixture.Sha("main"));
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Twenty_jobs_side_by_side_each_have_their_branch_and_commit()
    {
        var heads = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => _fixture.ChangeAsync($"job{number:00000}", LocalForgeFixture.Write($"reports/{number}.md", $"# {number}\n"))));

        Assert.Equal(20, heads.Select(change => change.Head).Distinct().Count());
        Assert.All(heads, change => Assert.Equal(change.Head, _fixture.Sha("refs/heads/" + change.Start.Branch)));
        _fixture.AssertSound();
    }

    [Fact]
    public async Task Same_step_twenty_times_side_by_side_comes_out_once()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _fixture.StartAsync()));
        Assert.Single(starts.Distinct());

        var heads = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _fixture.CommitAsync(starts[0], LocalForgeFixture.Write("a.txt", "a\n"))));
        Assert.Single(heads.Distinct());
        Assert.Equal("1", _fixture.Git("rev-list", "--count", "main..job/abc12345").Trim());
    }
}
