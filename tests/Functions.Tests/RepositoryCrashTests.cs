using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Repositories.Local;
using Jobs.Repositories.Tests.Local;

namespace Jobs.Functions.Tests;

/// <summary>The program, killed with SIGKILL while it works in repositories: there is one of each branch, commit, pull request and merge.</summary>
public sealed class RepositoryCrashTests : CrashSuite
{
    [Theory]
    [InlineData(20_260_101)]
    [InlineData(20_260_102)]
    [InlineData(20_260_103)]
    public async Task Repository_jobs_that_are_killed_at_any_moment_have_one_branch_one_commit_and_one_merge_each(int seed)
    {
        const int jobs = 4;
        var folder = Path.Combine(Data, "repositories", "site.git");
        NewRepository.Create(folder, new Dictionary<string, string> { ["README.md"] = "# Site\n" }, DateTimeOffset.UnixEpoch);
        var random = new Random(seed);
        var ids = new List<string>();
        for (var kill = 0; kill < Kills + 1; kill++)
        {
            using var life = await Life.StartAsync(Data);
            if (ids.Count == 0)
            {
                using var registered = await life.Repositories.PostAsJsonAsync("api/repositories", new { name = "site", kind = "local", location = folder, autoMerge = true });
                Assert.Equal(201, (int)registered.StatusCode);
                for (var number = 0; number < jobs; number++)
                {
                    using var created = await life.Repositories.PostAsJsonAsync("api/create-job", new { job = $"create a file notes/{number}.md with the content \"{number}\"" });
                    ids.Add((await created.ReadJsonAsync()).GetProperty("job_id").GetString()!);
                }
            }

            // Between the branch, the edits, the commit, the pull request and the merge of one or the other.
            await Task.Delay(random.Next(0, 250));
            life.Kill();
        }

        using var last = await Life.StartAsync(Data);
        foreach (var id in ids)
        {
            for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
            {
                var job = await last.Repositories.GetFromJsonAsync<JsonElement>($"api/jobs/status?job_id={id}");
                if (job.GetProperty("status").GetString() == "merged")
                {
                    Assert.Equal(1, Times(job, "Committed "));
                    Assert.Equal(1, Times(job, "Opened a pull request"));
                    Assert.Equal(1, Times(job, "Merged into main"));
                    break;
                }

                Assert.True(DateTime.UtcNow < deadline && job.GetProperty("status").GetString() is "pending" or "running", $"The job does not get there: {job}");
            }
        }

        Assert.Equal("", GitProgram.Run(folder, "fsck", "--strict", "--no-dangling"));
        Assert.Equal(ids.Select(id => $"refs/heads/job/{id}").Order(StringComparer.Ordinal), Lines("for-each-ref", "--format=%(refname)", "refs/heads/job").Order(StringComparer.Ordinal));
        Assert.Equal(jobs, Lines("log", "--no-merges", "--format=%H", "main").Count() - 1);
        Assert.All(ids, id => Assert.Single(Lines("log", "--no-merges", "--format=%H", $"--grep=Job: {id}", "main")));
        var merges = Lines("log", "--merges", "--format=%s", "main").ToList();
        Assert.Equal(merges.Count, merges.Distinct().Count());

        IEnumerable<string> Lines(params string[] arguments) => GitProgram.Run(folder, arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        static int Times(JsonElement job, string text) => job.GetProperty("log").GetString()!.Split(text).Length - 1;
    }
}
