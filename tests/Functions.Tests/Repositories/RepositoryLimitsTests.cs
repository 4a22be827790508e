using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Repositories;
using Jobs.Repositories.GitHub;
using Microsoft.Extensions.DependencyInjection;
using RegisteredRepository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>What is kept of a job, at its limits and one past them.</summary>
public sealed class RepositoryLimitsTests
{
    [Theory]
    [InlineData(RepositoryLimits.MaxLogLength, false)]
    [InlineData(RepositoryLimits.MaxLogLength + 1, true)]
    public async Task Log_keeps_its_end(int length, bool isCut)
    {
        await using var app = await RepositoryApp.StartAsync();
        var records = app.App.Services.GetRequiredService<BranchRecords>();
        var job = await app.LayAsync("abc12345");

        var log = await records.WriteAsync(job, new string('x', length), CancellationToken.None);
        var whole = await records.ReadLogAsync(job with { Repository = job.Repository! with { Log = log } }, CancellationToken.None);

        Assert.Equal((RepositoryLimits.MaxLogLength, isCut), (whole.Length, whole.StartsWith('…')));
        Assert.Equal((RepositoryState.MaxLogLength, '…'), (log.Tail.Length, log.Tail[0]));
    }

    [Theory]
    [InlineData(RepositoryLimits.MaxChangedFiles)]
    [InlineData(RepositoryLimits.MaxChangedFiles + 1)]
    public async Task Changed_files_beyond_the_limit_are_counted_and_not_listed(int count)
    {
        var forge = new FakeGitHub { Changed = [.. Enumerable.Range(0, count).Select(number => $"{number:D5}.md")] };
        await using var app = await RepositoryApp.StartAsync(gitHub: forge);
        var records = app.App.Services.GetRequiredService<BranchRecords>();
        var job = await app.LayAsync("abc12345", branch => branch with { BaseSha = FakeGitHub.BaseSha, StartSha = FakeGitHub.StartSha });
        var repository = new RegisteredRepository("acme", "site", RepositoryKind.GitHub, "owner/repo", "main", AutoMerge: false, [], Check: null, job.CreatedAt);

        var files = await records.ListFilesAsync(job, forge, repository, FakeGitHub.HeadSha, CancellationToken.None);
        var listed = await records.ReadFilesAsync(job with { Repository = job.Repository! with { Files = files } }, CancellationToken.None);

        Assert.Equal((count, RepositoryLimits.MaxChangedFiles, RepositoryState.MaxFiles), (files.Total, listed.Count, files.First.Count));
    }

    [Theory]
    [InlineData(RepositoryState.MaxFilesLength / 2, 2)]
    [InlineData((RepositoryState.MaxFilesLength / 2) + 1, 1)]
    public async Task Paths_of_the_status_have_a_longest_length_together(int length, int shown)
    {
        var forge = new FakeGitHub { Changed = [new string('a', length), new string('b', length)] };
        await using var app = await RepositoryApp.StartAsync(gitHub: forge);
        var job = await app.LayAsync("abc12345", branch => branch with { BaseSha = FakeGitHub.BaseSha, StartSha = FakeGitHub.StartSha });
        var repository = new RegisteredRepository("acme", "site", RepositoryKind.GitHub, "owner/repo", "main", AutoMerge: false, [], Check: null, job.CreatedAt);

        var files = await app.App.Services.GetRequiredService<BranchRecords>().ListFilesAsync(job, forge, repository, FakeGitHub.HeadSha, CancellationToken.None);

        Assert.Equal((shown, 2), (files.First.Count, files.Total));
    }

    [Fact]
    public void Agent_is_told_of_the_latest_instructions_before_its_own()
    {
        var told = Enumerable.Range(1, RepositoryLimits.MaxEarlier + 1).Aggregate(new StoredInstruction("0", []), (before, number) => before.Then($"{number}"));

        Assert.Equal(RepositoryLimits.MaxEarlier, told.Earlier.Count);
        Assert.Equal(("1", "20", "21"), (told.Earlier[0], told.Earlier[^1], told.Instruction));
    }

    [Fact]
    public async Task Edits_that_are_too_large_to_be_kept_fail_the_job()
    {
        await using var app = await RepositoryApp.StartAsync(new FakeRepositoryAgent((_, _, _) => Task.FromResult<RepositoryAnswer>(
            new RepositoryAnswer.Edits([new FileEdit.Write("a.bin", new byte[RepositoryLimits.MaxEditBytes / 4 * 3])], "Large", "Large."))));

        Assert.EndsWith("The edits have more than 32 MiB.", (await app.WaitAsync(await app.CreateAsync(), "failed")).GetProperty("log").GetString());
    }

    [Theory]
    [InlineData(GitHubLimits.WebhookBytes, 404)]
    [InlineData(GitHubLimits.WebhookBytes + 1, 413)]
    public async Task Body_of_a_webhook_has_a_longest_length(int length, int expected)
    {
        await using var app = await RepositoryApp.StartAsync(isRegistered: false);

        using var response = await app.App.Anonymous.PostAsync("api/github/webhook", new ByteArrayContent(new byte[length]));

        // Nobody has set up a webhook here.
        Assert.Equal(expected, (int)response.StatusCode);
    }
}
