using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Repositories;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>Jobs in a repository of this machine, from the request to the merge, over HTTP.</summary>
public sealed class RepositoryJobTests
{
    [Fact]
    public async Task Job_is_shown_in_every_state_as_documented_until_it_is_merged()
    {
        var mayStart = new TaskCompletionSource();
        var mayEdit = new TaskCompletionSource();
        var forge = new FakeLocalForge { Before = (call, _) => call == "Start" ? mayStart.Task : Task.CompletedTask };
        var agent = new FakeRepositoryAgent(async (task, _, _) =>
        {
            await mayEdit.Task;
            return FakeRepositoryAgent.Write("reports/daily-2024-03-05.md", $"# {task.Instruction}\n");
        });
        await using var app = await RepositoryApp.StartAsync(agent, forge: forge);

        using var response = await app.Client.PostAsJsonAsync("api/create-job", new { job = "add a daily report for today" });
        var created = await response.ReadJsonAsync();
        Assert.Equal(202, (int)response.StatusCode);
        Payload.AssertMatches("002-created.json", created);
        var id = created.GetProperty("job_id").GetString()!;
        Assert.Equal($"job/{id}", created.GetProperty("branch").GetString());
        Assert.Equal($"/api/jobs/status?job_id={id}", response.Headers.Location!.OriginalString);

        mayStart.SetResult();
        await app.WaitAsync(id, "running");
        await RepositoryApp.UntilAsync(() => agent.Calls == 1);
        Payload.AssertMatches("002-running.json", await app.StatusAsync(id));
        mayEdit.SetResult();
        var merged = await app.WaitAsync(id, "merged");

        Payload.AssertMatches("002-merged.json", merged);
        Assert.Equal("# add a daily report for today\n", app.Forge.FilesOf("main")["reports/daily-2024-03-05.md"]);
        Assert.EndsWith($"/app/acme/pull-requests/{id}", merged.GetProperty("pr_url").GetString());
        Assert.Equal(merged.GetProperty("log").GetString(), await app.Client.GetStringAsync($"api/jobs/{id}/log"));
    }

    [Fact]
    public async Task Job_that_is_stored_and_not_begun_is_pending()
    {
        await using var app = await RepositoryApp.StartAsync();

        await app.LayAsync("abc12345");

        Payload.AssertMatches("002-pending.json", await app.StatusAsync("abc12345"));
    }

    [Fact]
    public async Task Job_that_nobody_wants_merged_is_completed_and_its_pull_request_stays_open_until_its_button_is_pressed()
    {
        await using var app = await RepositoryApp.StartAsync();
        var id = await app.CreateAsync(new { job = "add a note", repository = "SITE", auto_merge = false });

        var completed = await app.WaitAsync(id, "completed");
        Payload.AssertMatches("002-completed.json", completed);
        Assert.False(app.Forge.FilesOf("main").ContainsKey("notes/note.md"));

        using var merge = await app.Client.PostAsync($"api/jobs/{id}/merge", null);
        using var again = await app.Client.PostAsync($"api/jobs/{id}/merge", null);

        Assert.Equal((200, 200), ((int)merge.StatusCode, (int)again.StatusCode));
        Assert.Equal("merged", (await merge.ReadJsonAsync()).GetProperty("status").GetString());
        Assert.Equal("add a note\n", app.Forge.FilesOf("main")["notes/note.md"]);
        Assert.Single(app.Forge.HistoryOf("main"));
    }

    [Fact]
    public async Task Instruction_that_the_agent_does_not_understand_fails_the_job_with_its_words_and_keeps_the_branch()
    {
        await using var app = await RepositoryApp.StartAsync(new FakeRepositoryAgent((_, _, _) => throw new GenerationException("This instruction is not understood.", isTransient: false)));

        var id = await app.CreateAsync();
        var failed = await app.WaitAsync(id, "failed");

        Payload.AssertMatches("002-failed.json", failed);
        Assert.Contains($"job/{id}", app.Forge.Branches.Keys);
        Assert.Contains("This instruction is not understood.", await app.Client.GetStringAsync($"api/jobs/{id}/log"));
    }

    [Fact]
    public async Task Edits_that_change_nothing_complete_the_job_without_a_pull_request_and_the_log_says_why()
    {
        await using var app = await RepositoryApp.StartAsync(new FakeRepositoryAgent((_, _, _) =>
            Task.FromResult<RepositoryAnswer>(new RepositoryAnswer.Edits([], "Nothing", "The report of today is there already."))));

        var id = await app.CreateAsync();

        Payload.AssertMatches("002-no-change.json", await app.WaitAsync(id, "completed"));
        Assert.DoesNotContain("Commit", app.Forge.Calls);
    }

    [Fact]
    public async Task Edits_of_what_is_there_already_complete_the_job_likewise()
    {
        await using var app = await RepositoryApp.StartAsync(new FakeRepositoryAgent((_, _, _) => Task.FromResult(FakeRepositoryAgent.Write("README.md", "# Site\n"))));

        Payload.AssertMatches("002-no-change.json", await app.WaitAsync(await app.CreateAsync(), "completed"));
    }

    [Fact]
    public async Task Conflict_completes_the_job_unmerged_with_the_files_in_the_log()
    {
        var forge = new FakeLocalForge();
        forge.Before = (call, _) =>
        {
            if (call == "Merge")
            {
                forge.Push("main", "notes/note.md", "somebody else's\n");
            }

            return Task.CompletedTask;
        };
        await using var app = await RepositoryApp.StartAsync(forge: forge);

        var id = await app.CreateAsync();
        var completed = await app.WaitAsync(id, "completed");

        Assert.Contains("Not merged: main has changed in the same places of notes/note.md.", completed.GetProperty("log").GetString());
        using var merge = await app.Client.PostAsync($"api/jobs/{id}/merge", null);
        Assert.Equal(409, (int)merge.StatusCode);
        Assert.Equal("Not merged: main has changed in the same places of notes/note.md.", (await merge.ReadJsonAsync()).GetProperty("error").GetString());
        Assert.Equal("somebody else's\n", app.Forge.FilesOf("main")["notes/note.md"]);
    }

    [Fact]
    public async Task Base_that_has_moved_on_elsewhere_gets_a_merge_commit()
    {
        var forge = new FakeLocalForge();
        forge.Before = (call, _) =>
        {
            if (call == "Merge")
            {
                forge.Push("main", "other.md", "other\n");
            }

            return Task.CompletedTask;
        };
        await using var app = await RepositoryApp.StartAsync(forge: forge);

        var merged = await app.WaitAsync(await app.CreateAsync(), "merged");

        Assert.Contains("Merged into main by the commit", merged.GetProperty("log").GetString());
        Assert.Equal(["README.md", "notes/note.md", "other.md"], app.Forge.FilesOf("main").Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Check_that_passes_is_in_the_log_and_lets_the_branch_be_merged()
    {
        string? asked = null;
        var check = new FakeRepositoryCheck((tree, command) =>
        {
            asked = $"{command}: {Encoding.UTF8.GetString(tree.Read("notes/note.md", 100)!.Value.Span)}";
            return Task.FromResult(new CheckResult(HasPassed: true, "12 files are fine.\n"));
        });
        await using var app = await RepositoryApp.StartAsync(check: check, settings: new { name = "site", kind = "local", location = "/repositories/site", autoMerge = true, check = "make test" });

        var merged = await app.WaitAsync(await app.CreateAsync(), "merged");

        Assert.Equal("make test: add a note\n", asked);
        Assert.Contains("Check: make test\n12 files are fine.\nThe check has passed.", merged.GetProperty("log").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_that_fails_or_cannot_be_run_leaves_the_job_completed_and_unmerged_whatever_is_asked(bool cannotBeRun)
    {
        var check = new FakeRepositoryCheck((_, _) => cannotBeRun
            ? throw new ForgeException("No check can be run here.", isTransient: false)
            : Task.FromResult(new CheckResult(HasPassed: false, "1 test has failed.\n", "It ended with 1.")));
        await using var app = await RepositoryApp.StartAsync(check: check, settings: new { name = "site", kind = "local", location = "/repositories/site", autoMerge = true, check = "make test" });

        var id = await app.CreateAsync();
        var completed = await app.WaitAsync(id, "completed");

        Assert.NotNull(completed.GetProperty("pr_url").GetString());
        Assert.Contains(cannotBeRun ? "No check can be run here." : "1 test has failed.\nThe check has failed. It ended with 1.", completed.GetProperty("log").GetString());
        using var merge = await app.Client.PostAsync($"api/jobs/{id}/merge", null);
        Assert.Equal((409, "Its check has failed."), ((int)merge.StatusCode, (await merge.ReadJsonAsync()).GetProperty("error").GetString()));
        Assert.Empty(app.Forge.HistoryOf("main"));
    }

    [Fact]
    public async Task Checks_that_take_long_wait_for_each_other_and_keep_neither_other_repositories_nor_builds_waiting()
    {
        var mayEnd = new TaskCompletionSource();
        var begun = 0;
        var check = new FakeRepositoryCheck(async (_, _) =>
        {
            Interlocked.Increment(ref begun);
            await mayEnd.Task;
            return new CheckResult(HasPassed: true, "");
        });
        await using var app = await RepositoryApp.StartAsync(check: check, settings: new { name = "site", kind = "local", location = "/repositories/site", check = "make test" });
        await app.RegisterAsync(new { name = "notes", kind = "local", location = "/repositories/notes" });

        string[] slow = [await app.CreateAsync(new { job = "add a note", repository = "site" }), await app.CreateAsync(new { job = "add a note", repository = "site" }), await app.CreateAsync(new { job = "add a note", repository = "site" })];
        await RepositoryApp.UntilAsync(() => begun == 1);
        await app.WaitAsync(await app.CreateAsync(new { job = "add a note", repository = "notes" }), "completed");
        var (_, build) = await app.App.CreateWidgetAsync();
        await app.App.WaitUntilSettledAsync(build);

        Assert.Equal(1, begun);
        mayEnd.SetResult();
        foreach (var id in slow)
        {
            await app.WaitAsync(id, "completed");
        }

        Assert.Equal(slow.Length, begun);
    }

    [Fact]
    public async Task Path_that_may_not_be_changed_fails_the_job_and_nothing_is_committed()
    {
        await using var app = await RepositoryApp.StartAsync(new FakeRepositoryAgent((_, _, _) => Task.FromResult(FakeRepositoryAgent.Write("secret/key", "x"))));

        var id = await app.CreateAsync();

        Assert.Contains("secret/key may not be changed.", (await app.WaitAsync(id, "failed")).GetProperty("log").GetString());
        Assert.Empty(app.Forge.HistoryOf($"job/{id}"));
    }

    [Fact]
    public async Task Agent_that_works_in_parts_goes_on_from_what_it_has_left()
    {
        var agent = new FakeRepositoryAgent((task, call, _) => Task.FromResult<RepositoryAnswer>(call < 4
            ? new RepositoryAnswer.Turn($"Part {call}") { State = Encoding.UTF8.GetBytes($"{Left(task)}{call}") }
            : FakeRepositoryAgent.Write("parts.md", Left(task))));
        await using var app = await RepositoryApp.StartAsync(agent);

        await app.WaitAsync(await app.CreateAsync(), "merged");

        Assert.Equal("123", app.Forge.FilesOf("main")["parts.md"]);

        static string Left(RepositoryTask task) => task.State is { } state ? Encoding.UTF8.GetString(state.Span) : "";
    }

    [Fact]
    public async Task Fault_of_the_agent_that_may_pass_is_tried_again_and_the_third_is_the_last()
    {
        var agent = new FakeRepositoryAgent((task, call, _) => task.Instruction == "sometimes" && call == 2
            ? Task.FromResult(FakeRepositoryAgent.Write("a.md", "a"))
            : throw new GenerationException("The model is busy.", isTransient: true));
        await using var app = await RepositoryApp.StartAsync(agent);

        await app.WaitAsync(await app.CreateAsync(new { job = "sometimes" }), "merged");
        Assert.Equal(2, agent.Calls);
        await app.WaitAsync(await app.CreateAsync(new { job = "never" }), "failed");
        Assert.Equal(2 + RepositoryLimits.MaxAttempts, agent.Calls);
    }

    [Fact]
    public async Task Cancel_stops_a_job_within_two_seconds_and_nothing_but_that_follows()
    {
        var agent = new FakeRepositoryAgent(async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return FakeRepositoryAgent.Write("a.md", "a");
        });
        await using var app = await RepositoryApp.StartAsync(agent);
        var id = await app.CreateAsync();
        await RepositoryApp.UntilAsync(() => agent.Calls == 1);

        var since = Stopwatch.GetTimestamp();
        using var cancel = await app.Client.PostAsync($"api/jobs/{id}/cancel", null);
        var failed = await app.WaitAsync(id, "failed");
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        using var again = await app.Client.PostAsync($"api/jobs/{id}/cancel", null);
        using var merge = await app.Client.PostAsync($"api/jobs/{id}/merge", null);

        Assert.Equal(202, (int)cancel.StatusCode);
        Payload.AssertMatches("002-cancelled.json", failed);
        Assert.Equal((409, "The job has ended already."), ((int)again.StatusCode, (await again.ReadJsonAsync()).GetProperty("error").GetString()));
        Assert.Equal((409, "The job did not succeed."), ((int)merge.StatusCode, (await merge.ReadJsonAsync()).GetProperty("error").GetString()));
        Assert.Contains($"job/{id}", app.Forge.Branches.Keys);
    }

    [Fact]
    public async Task Job_that_is_being_merged_cannot_be_cancelled_any_more_and_is_merged()
    {
        var mayMerge = new TaskCompletionSource();
        var forge = new FakeLocalForge { Before = (call, _) => call == "Merge" ? mayMerge.Task : Task.CompletedTask };
        await using var app = await RepositoryApp.StartAsync(forge: forge);
        var id = await app.CreateAsync();
        await RepositoryApp.UntilAsync(() => forge.Calls.Contains("Merge"));

        using var cancel = await app.Client.PostAsync($"api/jobs/{id}/cancel", null);
        mayMerge.SetResult();

        Assert.Equal((409, "The job is being merged, which cannot be stopped."), ((int)cancel.StatusCode, (await cancel.ReadJsonAsync()).GetProperty("error").GetString()));
        await app.WaitAsync(id, "merged");
    }

    [Fact]
    public async Task Follow_up_goes_on_where_the_job_has_ended_and_the_agent_knows_what_was_asked_before()
    {
        IReadOnlyList<string>? earlier = null;
        var agent = new FakeRepositoryAgent((task, call, _) =>
        {
            earlier = task.Earlier;
            return Task.FromResult(FakeRepositoryAgent.Write($"{call}.md", task.Instruction));
        });
        await using var app = await RepositoryApp.StartAsync(agent);
        var first = await app.CreateAsync(new { job = "one", auto_merge = false });
        var opened = await app.WaitAsync(first, "completed");

        using var followed = await app.Client.PostAsJsonAsync($"api/jobs/{first}/messages", new { job = "two" });
        var created = await followed.ReadJsonAsync();
        var second = created.GetProperty("job_id").GetString()!;
        var completed = await app.WaitAsync(second, "completed");

        Assert.Equal((202, $"job/{first}"), ((int)followed.StatusCode, created.GetProperty("branch").GetString()));
        Assert.NotEqual(first, second);
        Assert.Equal(["one"], earlier!);
        Assert.Equal(["2.md"], completed.GetProperty("changed_files").EnumerateArray().Select(file => file.GetString()));
        Assert.Equal(opened.GetProperty("pr_url").GetString(), completed.GetProperty("pr_url").GetString());
        Assert.Equal(2, app.Forge.HistoryOf($"job/{first}").Count);

        // Of the two the latest is merged, and with it the pull request that both have.
        using var old = await app.Client.PostAsync($"api/jobs/{first}/merge", null);
        Assert.Equal((409, $"A later job is on its branch; merge that one: {second}."), ((int)old.StatusCode, (await old.ReadJsonAsync()).GetProperty("error").GetString()));
        using var merge = await app.Client.PostAsync($"api/jobs/{second}/merge", null);
        Assert.Equal("merged", (await merge.ReadJsonAsync()).GetProperty("status").GetString());
        await app.WaitAsync(first, "merged");
    }

    [Fact]
    public async Task Follow_up_of_a_job_that_has_not_ended_is_409_and_one_after_a_merge_has_a_pull_request_of_its_own()
    {
        var mayEdit = new TaskCompletionSource();
        var agent = new FakeRepositoryAgent(async (task, call, _) =>
        {
            await mayEdit.Task;
            return FakeRepositoryAgent.Write($"{call}.md", task.Instruction);
        });
        await using var app = await RepositoryApp.StartAsync(agent);
        var first = await app.CreateAsync();

        using var busy = await app.Client.PostAsJsonAsync($"api/jobs/{first}/messages", new { job = "more" });
        mayEdit.SetResult();
        var merged = await app.WaitAsync(first, "merged");
        using var followed = await app.Client.PostAsJsonAsync($"api/jobs/{first}/messages", new { job = "more" });
        var second = (await followed.ReadJsonAsync()).GetProperty("job_id").GetString()!;
        var again = await app.WaitAsync(second, "merged");

        Assert.Equal((409, "The latest job on this branch has not ended yet."), ((int)busy.StatusCode, (await busy.ReadJsonAsync()).GetProperty("error").GetString()));
        Assert.NotEqual(merged.GetProperty("pr_url").GetString(), again.GetProperty("pr_url").GetString());
        Assert.Equal(["1.md", "2.md", "README.md"], app.Forge.FilesOf("main").Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_two_follow_ups_at_once_one_is_taken()
    {
        await using var app = await RepositoryApp.StartAsync(new FakeRepositoryAgent((task, call, _) => Task.FromResult(FakeRepositoryAgent.Write($"{call}.md", task.Instruction))));
        var first = await app.CreateAsync(new { job = "one", auto_merge = false });
        await app.WaitAsync(first, "completed");

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => app.Client.PostAsJsonAsync($"api/jobs/{first}/messages", new { job = $"more {number}" })));

        Assert.Single(answers, answer => (int)answer.StatusCode == 202);
        Assert.Equal(3, answers.Count(answer => (int)answer.StatusCode == 409));
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    [Fact]
    public async Task Rerun_has_the_same_instruction_on_a_branch_of_its_own()
    {
        var agent = new FakeRepositoryAgent((task, call, _) => call == 1
            ? throw new GenerationException("Not this time.", isTransient: false)
            : Task.FromResult(FakeRepositoryAgent.Write("a.md", task.Instruction)));
        await using var app = await RepositoryApp.StartAsync(agent);
        var first = await app.CreateAsync(new { job = "write it", create_pull_request = false });
        await app.WaitAsync(first, "failed");

        using var rerun = await app.Client.PostAsync($"api/jobs/{first}/rerun", null);
        var created = await rerun.ReadJsonAsync();
        var second = created.GetProperty("job_id").GetString()!;
        var merged = await app.WaitAsync(second, "merged");

        Assert.Equal((202, $"job/{second}"), ((int)rerun.StatusCode, created.GetProperty("branch").GetString()));
        Assert.Null(merged.GetProperty("pr_url").GetString());
        Assert.Equal("write it", app.Forge.FilesOf("main")["a.md"]);
        await app.WaitAsync(first, "failed");
    }

    [Fact]
    public async Task Two_jobs_in_one_repository_work_side_by_side()
    {
        var together = new Barrier(2);
        var agent = new FakeRepositoryAgent(async (task, _, _) =>
        {
            await Task.Run(() => Assert.True(together.SignalAndWait(TimeSpan.FromSeconds(90))));
            return FakeRepositoryAgent.Write($"{task.Instruction}.md", task.Instruction);
        });
        await using var app = await RepositoryApp.StartAsync(agent);

        var ids = new[] { await app.CreateAsync(new { job = "one" }), await app.CreateAsync(new { job = "two" }) };
        await Task.WhenAll(ids.Select(id => app.WaitAsync(id, "merged")));

        Assert.Equal(["README.md", "one.md", "two.md"], app.Forge.FilesOf("main").Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(101, 100)]
    public async Task Changed_files_beyond_the_limit_of_the_status_are_listed_page_by_page(int count, int shown)
    {
        string[] paths = [.. Enumerable.Range(0, count).Select(number => $"f/{number:D4}.md")];
        await using var app = await RepositoryApp.StartAsync(new FakeRepositoryAgent((_, _, _) => Task.FromResult<RepositoryAnswer>(
            new RepositoryAnswer.Edits([.. paths.Select(path => new FileEdit.Write(path, "x"u8.ToArray()))], "Many", "Many files."))));

        var id = await app.CreateAsync();
        var merged = await app.WaitAsync(id, "merged");
        var listed = new List<string?>();
        for (var cursor = (string?)"0"; cursor is not null;)
        {
            var page = await app.Client.GetFromJsonAsync<System.Text.Json.JsonElement>($"api/jobs/{id}/changed-files?limit=60&cursor={cursor}");
            Assert.Equal(count, page.GetProperty("total").GetInt32());
            listed.AddRange(page.GetProperty("changed_files").EnumerateArray().Select(file => file.GetString()));
            cursor = page.GetProperty("next_cursor").GetString();
        }

        Assert.Equal(shown, merged.GetProperty("changed_files").GetArrayLength());
        Assert.Equal(paths, listed);
    }

    [Theory]
    [InlineData(RepositoryState.MaxLogLength / 2, false)]
    [InlineData(RepositoryState.MaxLogLength, true)]
    public async Task Log_beyond_the_limit_of_the_status_is_cut_there_and_whole_at_its_own_address(int length, bool isCut)
    {
        await using var app = await RepositoryApp.StartAsync(
            new FakeRepositoryAgent((_, _, _) => Task.FromResult<RepositoryAnswer>(
                new RepositoryAnswer.Edits([new FileEdit.Write("a.md", "a"u8.ToArray())], "Long", new string('x', length)))));

        var id = await app.CreateAsync();
        var log = (await app.WaitAsync(id, "merged")).GetProperty("log").GetString()!;
        var whole = await app.Client.GetStringAsync($"api/jobs/{id}/log");

        Assert.Equal(isCut, log.StartsWith('…'));
        Assert.Contains(new string('x', length), whole);
        Assert.Equal(isCut ? RepositoryState.MaxLogLength : whole.Length, log.Length);
    }

    [Fact]
    public async Task Row_of_a_job_with_all_that_it_can_hold_stays_far_below_32_KB()
    {
        await using var app = await RepositoryApp.StartAsync();
        var job = await app.LayAsync("abc12345", branch => branch with
        {
            Log = new BranchLog(new string('x', RepositoryState.MaxLogLength), new string('0', 64)),
            Files = new BranchFiles([.. Enumerable.Range(0, RepositoryState.MaxFiles).Select(_ => new string('x', RepositoryState.MaxFilesLength / RepositoryState.MaxFiles))], 1_000, new string('0', 64)),
            NotMerged = new string('x', RepositoryState.MaxReasonLength),
            HeadSha = new string('0', 40),
        });

        var row = (await app.App.Services.GetRequiredService<StorageAccount>().Jobs.GetEntityIfExistsAsync<Azure.Data.Tables.TableEntity>(job.Id, job.Id)).Value!;

        Assert.InRange(row.Sum(property => property.Key.Length + (property.Value?.ToString()?.Length ?? 0)) * 2, 1, 20_000);
    }
}
