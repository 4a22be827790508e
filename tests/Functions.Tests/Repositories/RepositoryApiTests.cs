using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Domain.Generation;
using Jobs.Domain.Identity;
using Jobs.Domain.Repositories;
using Jobs.Execution.Checks;
using Jobs.Functions.Api.Repository;
using Jobs.Functions.Ledger;
using Jobs.Functions.Repositories;
using Jobs.Functions.Tests.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>What contract 002 answers: who may call, what is wrong with a request, and lists.</summary>
public sealed class RepositoryApiTests
{
    [Fact]
    public async Task Key_in_x_api_key_is_the_credential_and_no_other_header_is()
    {
        await using var app = await RepositoryApp.StartAsync();
        var id = await app.CreateAsync();
        using var user = await app.App.NewUserAsync("ann");
        using var wrong = app.NewClient(ApiKey.Create());
        using var malformed = app.NewClient("emb_live_x");
        using var twice = app.NewClient(TestApp.Key);
        twice.DefaultRequestHeaders.Add(RepositoryEndpoint.KeyHeader, TestApp.Key);

        foreach (var client in new[] { app.App.Anonymous, app.App.Client, user, wrong, malformed, twice })
        {
            using var response = await client.GetAsync($"api/jobs/status?job_id={id}");
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Payload.AssertMatches("002-unauthorized.json", await response.ReadJsonAsync());
        }

        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync($"api/jobs/status?job_id={id}")).StatusCode);
    }

    [Fact]
    public async Task Another_organisations_job_and_repository_are_the_same_404_as_none()
    {
        await using var app = await RepositoryApp.StartAsync();
        var id = await app.CreateAsync();
        await app.WaitAsync(id, "merged");

        foreach (var (method, path) in new[]
        {
            ("GET", $"api/jobs/status?job_id={id}"), ("GET", "api/jobs/status?job_id=zzzzzzzz"), ("GET", "api/jobs/status?job_id=no-id"), ("GET", $"api/jobs/{id}/log"), ("GET", $"api/jobs/{id}/changed-files"),
            ("POST", $"api/jobs/{id}/cancel"), ("POST", $"api/jobs/{id}/rerun"), ("POST", $"api/jobs/{id}/merge"), ("POST", $"api/jobs/{id}/messages"), ("GET", "api/repositories/site"),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? JsonContent.Create(new { job = "more" }) : null };
            using var response = await app.OtherTenant.SendAsync(request);
            Assert.True(response.StatusCode is HttpStatusCode.NotFound, $"{path}: {response.StatusCode}");
            Payload.AssertMatches("002-not-found.json", await response.ReadJsonAsync());
        }

        using var created = await app.OtherTenant.PostAsJsonAsync("api/create-job", new { job = "add a note", repository = "site" });
        Assert.Equal(HttpStatusCode.NotFound, created.StatusCode);
        Assert.Empty((await app.OtherTenant.GetFromJsonAsync<JsonElement>("api/jobs")).GetProperty("jobs").EnumerateArray());
        Assert.Empty((await app.OtherTenant.GetFromJsonAsync<JsonElement>("api/repositories")).GetProperty("repositories").EnumerateArray());
        // Nor do other contracts show it.
        Assert.Equal(HttpStatusCode.NotFound, (await app.App.Client.GetAsync($"v1/jobs/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.App.Client.GetAsync($"v1/api/jobs/{id}")).StatusCode);
        Assert.Empty((await app.App.Client.GetDataAsync("v1/api/jobs")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("{}", "'job' is required.")]
    [InlineData("""{"job": 1}""", "'job' must be a string, not a number.")]
    [InlineData("""{"job": " "}""", "'job' must not be blank.")]
    [InlineData("""{"job": "x", "base_ref": "a..b"}""", "'base_ref' must be the name of a branch.")]
    [InlineData("""{"job": "x", "base_ref": "-x"}""", "'base_ref' must be the name of a branch.")]
    [InlineData("""{"job": "x", "base_ref": "refs/heads/.x"}""", "'base_ref' must be the name of a branch.")]
    [InlineData("""{"job": "x", "auto_merge": "yes"}""", "'auto_merge' must be a boolean, not a string.")]
    [InlineData("""{"job": "x", "create_pull_request": 1}""", "'create_pull_request' must be a boolean, not a number.")]
    [InlineData("""{"job": "x", "repository": ""}""", "'repository' must have 1 to 140 characters, not 0.")]
    [InlineData("[]", "The body must be a JSON object.")]
    [InlineData("""{"job": "\ud800"}""", "'job' must be valid Unicode text.")]
    public async Task Body_that_breaks_a_rule_is_400_with_a_sentence_that_names_the_field(string body, string error)
    {
        await using var app = await RepositoryApp.StartAsync();

        using var response = await app.Client.PostAsync("api/create-job", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal((400, error), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData(RepositoryLimits.MaxInstructionLength, 202)]
    [InlineData(RepositoryLimits.MaxInstructionLength + 1, 400)]
    public async Task Instruction_has_a_longest_length(int length, int expected)
    {
        await using var app = await RepositoryApp.StartAsync();

        using var response = await app.Client.PostAsJsonAsync("api/create-job", new { job = new string('x', length) });

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task Body_that_says_of_itself_that_it_is_no_JSON_is_415_and_one_that_is_too_large_413()
    {
        await using var app = await RepositoryApp.StartAsync();

        using var form = await app.Client.PostAsync("api/create-job", new StringContent("job=x", Encoding.UTF8, "application/x-www-form-urlencoded"));
        using var large = await app.Client.PostAsJsonAsync("api/create-job", new { job = "x", more = new string('x', 300_000) });

        Assert.Equal((415, "Send the body as JSON: 'Content-Type: application/json'."), ((int)form.StatusCode, (await form.ReadJsonAsync()).GetProperty("error").GetString()));
        Assert.Equal((413, "The body must have at most 262144 bytes."), ((int)large.StatusCode, (await large.ReadJsonAsync()).GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?job_id=")]
    [InlineData("?job_id=abc12345&job_id=abc12345")]
    public async Task Status_without_one_job_id_is_400(string query)
    {
        await using var app = await RepositoryApp.StartAsync();

        using var response = await app.Client.GetAsync($"api/jobs/status{query}");

        Assert.Equal((400, "'job_id' is required, once."), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Repository_may_be_left_out_only_where_there_is_one()
    {
        await using var app = await RepositoryApp.StartAsync(isRegistered: false);

        using var none = await app.Client.PostAsJsonAsync("api/create-job", new { job = "x" });
        await app.RegisterAsync(new { name = "site", kind = "local", location = "/repositories/site" });
        using var one = await app.Client.PostAsJsonAsync("api/create-job", new { job = "x" });
        await app.RegisterAsync(new { name = "other", kind = "local", location = "/repositories/other" });
        using var two = await app.Client.PostAsJsonAsync("api/create-job", new { job = "x" });
        using var unknown = await app.Client.PostAsJsonAsync("api/create-job", new { job = "x", repository = "nothing" });

        Assert.Equal((400, 202, 400, 404), ((int)none.StatusCode, (int)one.StatusCode, (int)two.StatusCode, (int)unknown.StatusCode));
        Assert.StartsWith("'repository' cannot be left out: your organization has registered none", (await none.ReadJsonAsync()).GetProperty("error").GetString());
        Assert.Equal("'repository' cannot be left out: your organization has registered more than one.", (await two.ReadJsonAsync()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Creation_with_an_idempotency_key_is_done_once_and_409_with_another_body()
    {
        await using var app = await RepositoryApp.StartAsync();

        using var first = await SendAsync("once", new { job = "add a note" });
        using var again = await SendAsync("once", new { job = "add a note" });
        using var another = await SendAsync("once", new { job = "add another note" });

        Assert.Equal((202, 202, 409), ((int)first.StatusCode, (int)again.StatusCode, (int)another.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal("This Idempotency-Key was used with another body.", (await another.ReadJsonAsync()).GetProperty("error").GetString());
        Assert.Single((await app.Client.GetFromJsonAsync<JsonElement>("api/jobs")).GetProperty("jobs").EnumerateArray());

        async Task<HttpResponseMessage> SendAsync(string key, object body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/create-job") { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", key);
            return await app.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Id_that_somebody_elses_job_has_is_not_given_and_shows_nothing_of_it()
    {
        await using var app = await RepositoryApp.StartAsync();
        var services = app.App.Services;
        var laid = await app.LayAsync("abc12345", tenant: "other");
        var caller = new Caller("acme", "ann", IsAdmin: false);
        var repository = (await services.GetRequiredService<RepositoryStore>().FindAsync("acme", "site", CancellationToken.None))!;

        var (job, refusal) = await services.GetRequiredService<RepositoryJobs>().CreateAsync(
            caller, new Domain.Resources.CreationIds("Zbk5MPTfzx", "abc12345", "build"), repository, new NewRepositoryJob("mine"), app.App.DurableClient, CancellationToken.None);

        Assert.Equal((null, CreationRefusal.IdTaken), (job, refusal));
        var known = (await services.GetRequiredService<JobStore>().FindAsync("abc12345", CancellationToken.None))!;
        Assert.Equal((laid.Tenant, laid.InputRef), (known.Tenant, known.InputRef));
        Assert.Empty((await app.Client.GetFromJsonAsync<JsonElement>("api/jobs")).GetProperty("jobs").EnumerateArray());
    }

    [Fact]
    public async Task List_is_of_the_organisations_jobs_the_latest_first_page_by_page()
    {
        await using var app = await RepositoryApp.StartAsync();
        var ids = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            ids.Add(await app.CreateAsync(new { job = $"note {number}" }));
            await app.WaitAsync(ids[^1], job => job.GetProperty("status").GetString() is "merged" or "completed");
        }

        var listed = new List<string?>();
        for (var path = "api/jobs?limit=2"; path is not null;)
        {
            var page = await app.Client.GetFromJsonAsync<JsonElement>(path);
            listed.AddRange(page.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("job_id").GetString()));
            path = page.GetProperty("next_cursor").GetString() is { } cursor ? $"api/jobs?limit=2&cursor={cursor}" : null;
        }

        Assert.Equal(Enumerable.Reverse(ids), listed);
    }

    [Fact]
    public async Task Lists_are_as_documented_and_a_user_with_a_token_gets_those_of_contract_003()
    {
        await using var app = await RepositoryApp.StartAsync();
        var id = await app.CreateAsync();
        await app.WaitAsync(id, "merged");
        using var user = await app.App.NewUserAsync("ann");

        Payload.AssertMatches("002-list.json", await app.Client.GetFromJsonAsync<JsonElement>("api/jobs"));
        Payload.AssertMatches("002-changed-files.json", await app.Client.GetFromJsonAsync<JsonElement>($"api/jobs/{id}/changed-files"));
        Assert.Empty((await user.GetFromJsonAsync<JsonElement>("api/jobs")).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.App.Anonymous.GetAsync("api/jobs")).StatusCode);
        foreach (var cursor in (string[])["x", "1-", "-abc12345", "1-ABC12345", "999999999999999-abc12345", "1-abc12345-2"])
        {
            using var response = await app.Client.GetAsync($"api/jobs?cursor={cursor}");
            Assert.Equal((400, "'cursor' must be the next_cursor of a page."), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetString()));
        }
    }

    [Fact]
    public async Task Poll_has_an_ETag_and_says_when_to_come_again_until_the_job_has_ended()
    {
        var mayEdit = new TaskCompletionSource();
        await using var app = await RepositoryApp.StartAsync(new FakeRepositoryAgent(async (_, _, _) =>
        {
            await mayEdit.Task;
            return FakeRepositoryAgent.Write("a.md", "a");
        }));
        var id = await app.CreateAsync();
        await app.WaitAsync(id, "running");

        using var running = await app.Client.GetAsync($"api/jobs/status?job_id={id}");
        mayEdit.SetResult();
        await app.WaitAsync(id, "merged");
        using var merged = await app.Client.GetAsync($"api/jobs/status?job_id={id}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/jobs/status?job_id={id}");
        request.Headers.IfNoneMatch.Add(merged.Headers.ETag!);
        using var known = await app.Client.SendAsync(request);

        Assert.Equal((TimeSpan?)TimeSpan.FromSeconds(RepositoryCalls.PollInterval), running.Headers.RetryAfter?.Delta);
        Assert.Null(merged.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public async Task Repository_is_registered_by_an_admin_shown_to_the_organisation_and_taken_out()
    {
        await using var app = await RepositoryApp.StartAsync(isRegistered: false);
        var settings = new { name = "owner/repo", kind = "github", location = "owner/repo", autoMerge = true, allowedPaths = new[] { "reports/**" } };

        using var forbidden = await app.Client.PostAsJsonAsync("api/repositories", settings);
        using var registered = await app.Admin.PostAsJsonAsync("api/repositories", settings);
        using var again = await app.Admin.PostAsJsonAsync("api/repositories", settings);
        using var different = await app.Admin.PostAsJsonAsync("api/repositories", new { name = "OWNER/repo", kind = "github", location = "owner/other" });
        using var twice = await app.Admin.PostAsJsonAsync("api/repositories", new { name = "second", kind = "github", location = "Owner/Repo" });

        Assert.Equal((403, 201, 201, 409, 409), ((int)forbidden.StatusCode, (int)registered.StatusCode, (int)again.StatusCode, (int)different.StatusCode, (int)twice.StatusCode));
        Payload.AssertMatches("002-repository.json", await registered.ReadJsonAsync());
        Payload.AssertMatches("002-repository.json", await app.Client.GetFromJsonAsync<JsonElement>("api/repositories/owner/repo"));
        Assert.Equal("This repository is registered already.", (await twice.ReadJsonAsync()).GetProperty("error").GetString());
        Assert.Equal(403, (int)(await app.Client.DeleteAsync("api/repositories/owner/repo")).StatusCode);
        Assert.Equal(200, (int)(await app.Admin.DeleteAsync("api/repositories/owner/repo")).StatusCode);
        Assert.Equal(404, (int)(await app.Admin.DeleteAsync("api/repositories/owner/repo")).StatusCode);
        await app.RegisterAsync(new { name = "second", kind = "github", location = "Owner/Repo" });
    }

    [Fact]
    public async Task Folder_of_the_server_is_shown_to_admins_only()
    {
        await using var app = await RepositoryApp.StartAsync();

        Assert.Equal("/repositories/site", (await app.Admin.GetFromJsonAsync<JsonElement>("api/repositories/site")).GetProperty("location").GetString());
        Assert.Null((await app.Client.GetFromJsonAsync<JsonElement>("api/repositories/site")).GetProperty("location").GetString());
    }

    [Theory]
    [InlineData("""{"name":"a b","kind":"local","location":"/repositories/x"}""", "'name' must be one word or owner/name, of letters, digits, '.', '_' and '-'.")]
    [InlineData("""{"name":"a/b/c","kind":"local","location":"/repositories/x"}""", "'name' must be one word or owner/name, of letters, digits, '.', '_' and '-'.")]
    [InlineData("""{"name":"..","kind":"local","location":"/repositories/x"}""", "'name' must be one word or owner/name, of letters, digits, '.', '_' and '-'.")]
    [InlineData("""{"name":"a","kind":"svn","location":"/repositories/x"}""", "'kind' must be one of: local, github.")]
    [InlineData("""{"name":"a","kind":"github","location":"x"}""", "'location' must be owner/name, as it stands in the repository's address at GitHub.")]
    [InlineData("""{"name":"a","kind":"local","location":"/repositories/x","check":"a\nb"}""", "'check' must be one line.")]
    [InlineData("""{"name":"a","kind":"local","location":"/repositories/x","allowedPaths":["{x}"]}""", "'allowedPaths' has something else than a glob of a path: a glob may have *, ** and ?, and none of []{}!\\.")]
    [InlineData("""{"name":"a","kind":"local","location":"/repositories/x","allowedPaths":[1]}""", "'allowedPaths' must be strings.")]
    [InlineData("""{"name":"a","kind":"local","location":"/elsewhere"}""", "There is no repository at this location that may be registered.")]
    [InlineData("""{"name":"a","kind":"github","location":"stranger/x"}""", "The location is not one that your organization may use.")]
    public async Task Registration_that_breaks_a_rule_is_400_and_says_which(string body, string error)
    {
        await using var app = await RepositoryApp.StartAsync(isRegistered: false);

        using var response = await app.Admin.PostAsync("api/repositories", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal((400, error), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("name", RepositoryNames.MaxLength)]
    [InlineData("location", RegistrationRequest.MaxLocationLength)]
    [InlineData("defaultBranch", RepositoryNames.MaxBranchLength)]
    [InlineData("check", RepositoryCheckLimits.CommandLength)]
    [InlineData("allowedPaths", PathGlobs.MaxGlobs)]
    public async Task Field_of_a_registration_is_taken_at_its_limit_and_refused_beyond_it(string field, int limit)
    {
        await using var app = await RepositoryApp.StartAsync(isRegistered: false);

        Assert.Equal(400, await RegisterAsync(limit + 1));
        Assert.Equal(201, await RegisterAsync(limit));

        async Task<int> RegisterAsync(int length)
        {
            var settings = new Dictionary<string, object> { ["name"] = "site", ["kind"] = "local", ["location"] = "/repositories/site" };
            settings[field] = field switch
            {
                "allowedPaths" => Enumerable.Range(0, length).Select(number => $"{number}/**"),
                "location" => "/repositories/".PadRight(length, 'x'),
                _ => new string('x', length),
            };
            using var response = await app.Admin.PostAsJsonAsync("api/repositories", settings);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task Registered_repositories_of_an_organisation_have_a_greatest_number_which_holds_for_requests_at_once()
    {
        await using var app = await RepositoryApp.StartAsync(isRegistered: false);
        var store = app.App.Services.GetRequiredService<RepositoryStore>();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => store.AddAsync(
            new("acme", $"r{number}", RepositoryKind.Local, $"/repositories/{number}", "main", AutoMerge: false, [], Check: null, DateTimeOffset.UnixEpoch), most: 4, CancellationToken.None)));

        Assert.Equal((4, 2), (outcomes.Count(outcome => outcome is Registration.Done), outcomes.Count(outcome => outcome is Registration.TooMany)));
        Assert.Equal(4, (await store.ListAsync("acme", CancellationToken.None)).Count);
        Assert.True(await store.RemoveAsync("acme", (await store.ListAsync("acme", CancellationToken.None))[0].Name, CancellationToken.None));
        Assert.Equal(
            Registration.Done,
            await store.AddAsync(new("acme", "next", RepositoryKind.Local, "/repositories/next", "main", AutoMerge: false, [], Check: null, DateTimeOffset.UnixEpoch), most: 4, CancellationToken.None));
    }

    [Fact]
    public async Task Job_of_a_repository_that_was_taken_out_fails_and_says_so()
    {
        var mayStart = new TaskCompletionSource();
        var forge = new FakeLocalForge { Before = (call, _) => call == "Start" ? mayStart.Task : Task.CompletedTask };
        await using var app = await RepositoryApp.StartAsync(forge: forge);
        var id = await app.CreateAsync();
        await RepositoryApp.UntilAsync(() => forge.Calls.Contains("Start"));

        (await app.Admin.DeleteAsync("api/repositories/site")).EnsureSuccessStatusCode();
        mayStart.SetResult();

        Assert.EndsWith("The repository is not registered any more.", (await app.WaitAsync(id, "failed")).GetProperty("log").GetString());
        using var rerun = await app.Client.PostAsync($"api/jobs/{id}/rerun", null);
        Assert.Equal((409, "The job's repository is not registered any more."), ((int)rerun.StatusCode, (await rerun.ReadJsonAsync()).GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Jobs_beyond_what_may_be_unfinished_are_429_and_another_organisations_are_not_held_up()
    {
        var mayEdit = new TaskCompletionSource();
        await using var app = await RepositoryApp.StartAsync(
            new FakeRepositoryAgent(async (task, _, _) =>
            {
                await (task.Instruction == "wait" ? mayEdit.Task : Task.CompletedTask);
                return FakeRepositoryAgent.Write("a.md", task.Instruction);
            }),
            arguments: ["--Jobs:MaxUnfinished", "20"]);
        await RegisterForOtherAsync(app);
        for (var number = 0; number < 20; number++)
        {
            await app.CreateAsync(new { job = "wait" });
        }

        using var refused = await app.Client.PostAsJsonAsync("api/create-job", new { job = "wait" });
        var theirs = await app.CreateAsync(new { job = "at once", repository = "theirs" }, app.OtherTenant);
        await app.WaitAsync(theirs, "merged", app.OtherTenant);
        mayEdit.SetResult();

        Assert.Equal((429, TimeSpan.FromSeconds(5)), ((int)refused.StatusCode, refused.Headers.RetryAfter!.Delta));
    }

    [Theory]
    [InlineData(1_000_000, 202)]
    [InlineData(1_000_001, 402)]
    public async Task Job_whose_first_call_of_a_model_the_months_limit_does_not_pay_for_is_402_and_leaves_nothing(long cost, int expected)
    {
        await using var app = await RepositoryApp.StartAsync(
            new FakeRepositoryAgent { LeastToBegin = ModelUsage.None with { Cost = cost } },
            arguments: ["--Ai:Protocol", "openai", "--Ai:Model", "m", "--Ai:Endpoint", "http://127.0.0.1:9/", "--Ai:InputPrice", "1", "--Ai:OutputPrice", "1", "--Ai:SpendingLimit", "1"]);

        using var response = await app.Client.PostAsJsonAsync("api/create-job", new { job = "add a note" });

        var body = await response.ReadJsonAsync();
        Assert.Equal(expected, (int)response.StatusCode);
        if (expected == 402)
        {
            Assert.Equal($$"""{"error":"{{SpendingLedger.MonthLimitReached}}"}""", body.GetRawText());
            Assert.Empty((await app.Client.GetFromJsonAsync<JsonElement>("api/jobs")).GetProperty("jobs").EnumerateArray());
            Assert.Equal(["main"], app.Forge.Branches.Keys);
        }
    }

    private static async Task RegisterForOtherAsync(RepositoryApp app)
    {
        var key = ApiKey.Create();
        await app.App.Services.GetRequiredService<ApiKeyStore>().AddAsync(ApiKey.Hash(key), new ApiKeyOwner("other", "olga", IsAdmin: true), CancellationToken.None);
        using var admin = app.NewClient(key);
        using var response = await admin.PostAsJsonAsync("api/repositories", new { name = "theirs", kind = "local", location = "/repositories/theirs", autoMerge = true });
        Assert.Equal(201, (int)response.StatusCode);
    }
}
