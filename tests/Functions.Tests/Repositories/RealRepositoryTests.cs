using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Sweeping;
using Jobs.Generation.Offline.Repositories;
using Jobs.Repositories.Local;
using Jobs.Repositories.Tests.Local;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>Jobs in real repositories, with the offline agent; the real <c>git</c> says what came of it.</summary>
public sealed class RealRepositoryTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("jobs-repository-").FullName;

    public void Dispose() => GitProgram.Delete(_data);

    [Fact]
    public async Task Job_makes_one_branch_one_commit_and_one_merge_that_git_finds_sound()
    {
        await using var app = await StartAsync();

        var id = await app.CreateAsync(new { job = "add a daily report for today" });
        var merged = await app.WaitAsync(id, "merged");

        var file = Assert.Single(merged.GetProperty("changed_files").EnumerateArray()).GetString()!;
        Assert.Matches(@"^reports/daily-\d{4}-\d\d-\d\d\.md$", file);
        Assert.Equal("", GitProgram.Run(Folder, "fsck", "--strict", "--no-dangling"));
        Assert.Equal("2", GitProgram.Run(Folder, "rev-list", "--count", "main").Trim());
        Assert.Equal(GitProgram.Run(Folder, "rev-parse", "main"), GitProgram.Run(Folder, "rev-parse", $"job/{id}"));
        Assert.Equal(file, GitProgram.Run(Folder, "diff", "--name-only", "main~1", "main").Trim());
        Assert.EndsWith($"Job: {id}\n", GitProgram.Run(Folder, "log", "-1", "--format=%B", "main").TrimEnd('\n') + "\n");
    }

    [Fact]
    public async Task Instruction_of_before_needs_no_change_and_one_that_is_not_understood_fails()
    {
        await using var app = await StartAsync();
        await app.WaitAsync(await app.CreateAsync(new { job = "add a daily report for today" }), "merged");

        var again = await app.WaitAsync(await app.CreateAsync(new { job = "add a daily report for today" }), "completed");
        var failed = await app.WaitAsync(await app.CreateAsync(new { job = "make it so that everybody is happy" }), "failed");

        Assert.Equal(0, again.GetProperty("changed_files").GetArrayLength());
        Assert.Null(again.GetProperty("pr_url").GetString());
        Assert.Contains("Nothing had to be changed.", again.GetProperty("log").GetString());
        Assert.Contains("is not understood, so nothing was changed", failed.GetProperty("log").GetString());
        Assert.Equal("2", GitProgram.Run(Folder, "rev-list", "--count", "main").Trim());
    }

    [Fact]
    public async Task Pull_request_shows_the_diff_and_is_merged_by_its_button_beside_a_base_that_moved_on()
    {
        await using var app = await StartAsync();
        var id = await app.CreateAsync(new { job = "create a file notes/one.md with the content \"one\"", auto_merge = false });
        await app.WaitAsync(id, "completed");
        await app.WaitAsync(await app.CreateAsync(new { job = "create a file notes/two.md with the content \"two\"" }), "merged");

        var shown = await app.Client.GetFromJsonAsync<JsonElement>($"api/jobs/{id}/pull-request");
        using var merge = await app.Client.PostAsync($"api/jobs/{id}/merge", null);

        Assert.Equal(("completed", "open"), (shown.GetProperty("status").GetString(), shown.GetProperty("pr_status").GetString()));
        var file = Assert.Single(shown.GetProperty("diff").GetProperty("files").EnumerateArray());
        Assert.Equal(("notes/one.md", "added", 1), (file.GetProperty("path").GetString(), file.GetProperty("change").GetString(), file.GetProperty("added").GetInt32()));
        Assert.Contains("+one", file.GetProperty("patch").GetString());
        Assert.True(merge.IsSuccessStatusCode, await merge.Content.ReadAsStringAsync());
        Assert.Equal("", GitProgram.Run(Folder, "fsck", "--strict", "--no-dangling"));
        Assert.Equal("2", GitProgram.Run(Folder, "rev-list", "--count", "--no-merges", "--first-parent", "main").Trim());
        Assert.Equal("one", GitProgram.Run(Folder, "show", "main:notes/one.md").Trim());
        Assert.Equal("two", GitProgram.Run(Folder, "show", "main:notes/two.md").Trim());
    }

    [Fact]
    public async Task Conflict_with_somebody_elses_push_is_told_and_nothing_is_merged()
    {
        await using var app = await StartAsync();
        var id = await app.CreateAsync(new { job = "create a file notes/one.md with the content \"mine\"", auto_merge = false });
        await app.WaitAsync(id, "completed");
        var clone = Path.Combine(_data, "clone");
        GitProgram.Run(_data, "clone", "-q", Folder, clone);
        Directory.CreateDirectory(Path.Combine(clone, "notes"));
        await File.WriteAllTextAsync(Path.Combine(clone, "notes/one.md"), "theirs\n");
        GitProgram.Run(clone, "add", ".");
        GitProgram.Run(clone, "commit", "-qm", "Theirs");
        GitProgram.Run(clone, "push", "-q", "origin", "main");

        using var merge = await app.Client.PostAsync($"api/jobs/{id}/merge", null);

        Assert.Equal((409, "Not merged: main has changed in the same places of notes/one.md."), ((int)merge.StatusCode, (await merge.ReadJsonAsync()).GetProperty("error").GetString()));
        Assert.Equal("theirs", GitProgram.Run(Folder, "show", "main:notes/one.md").Trim());
        Assert.Contains("Not merged", (await app.StatusAsync(id)).GetProperty("log").GetString());
    }

    [Fact]
    public async Task Branch_of_a_jobs_name_that_is_somebody_elses_fails_the_job_and_stays()
    {
        await using var app = await StartAsync();
        GitProgram.Run(Folder, "branch", "job/abc12345", "main");
        await app.LayAsync("abc12345", branch => branch with { Key = RepositoryState.KeyOf(RepositoryKind.Local, Folder) }, isAnnounced: true);

        await ActivatorUtilities.CreateInstance<Sweeper>(app.App.Services).SweepAsync(new TimerInfo(), app.App.DurableClient, CancellationToken.None);

        Assert.Contains("it is not this job's", (await app.WaitAsync("abc12345", "failed")).GetProperty("log").GetString());
        Assert.Equal(GitProgram.Run(Folder, "rev-parse", "main"), GitProgram.Run(Folder, "rev-parse", "job/abc12345"));
    }

    [Fact]
    public async Task Location_outside_of_the_roots_is_refused_in_words_that_do_not_tell_what_is_there()
    {
        await using var app = await StartAsync();
        var outside = Path.Combine(_data, "outside.git");
        NewRepository.Create(outside, new Dictionary<string, string> { ["a.md"] = "a" }, DateTimeOffset.UnixEpoch);

        var answers = new List<string>();
        foreach (var location in (string[])[outside, Path.Combine(_data, "nothing.git"), "/etc", $"{Folder}/../../outside.git"])
        {
            using var response = await app.Admin.PostAsJsonAsync("api/repositories", new { name = "other", kind = "local", location });
            Assert.Equal(400, (int)response.StatusCode);
            answers.Add((await response.ReadJsonAsync()).GetProperty("error").GetString()!);
        }

        Assert.Single(answers.Distinct());
        Assert.DoesNotContain(_data, answers[0]);
    }

    private string Folder => Path.Combine(_data, "app", "repositories", "site.git");

    private async Task<RepositoryApp> StartAsync()
    {
        NewRepository.Create(Folder, new Dictionary<string, string> { ["README.md"] = "# Site\n", ["reports/daily-2024-03-04.md"] = "# Report\n" }, DateTimeOffset.UnixEpoch);
        var app = await RepositoryApp.StartAsync(data: Path.Combine(_data, "app"), isRegistered: false, hasRealForges: true, configure: services =>
            services.AddSingleton<IRepositoryAgent>(new OfflineRepositoryAgent(TimeProvider.System)));
        await app.RegisterAsync(new { name = "site", kind = "local", location = Folder, autoMerge = true });
        return app;
    }
}
