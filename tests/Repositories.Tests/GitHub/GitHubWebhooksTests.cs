using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Jobs.Domain.Repositories;
using Jobs.Repositories.GitHub;

namespace Jobs.Repositories.Tests.GitHub;

public sealed class GitHubWebhooksTests
{
    private const string Secret = "It's a Secret to Everybody";
    private const string Previous = "the secret of before that";
    private const string Delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
    private const string Sha = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
    private readonly GitHubWebhooks _webhooks = new(new GitHubOptions { WebhookSecret = Secret, PreviousWebhookSecret = Previous }, new ManualTimeProvider());

    [Fact]
    public void Signature_is_the_one_of_githubs_documentation()
    {
        // Its example: this body and secret have this signature; the body is no event.
        var delivery = _webhooks.Read("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "ping", Delivery, "Hello, World!"u8.ToArray());

        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.Unreadable), delivery);
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData(Previous)]
    public void Both_secrets_are_taken(string secret) => Assert.Equal(new GitHubDelivery.Ping(Delivery), Read("ping", Ping(), secret));

    [Fact]
    public void Without_a_secret_nothing_is_taken()
    {
        var webhooks = new GitHubWebhooks(new GitHubOptions(), new ManualTimeProvider());
        var body = Bytes(Ping());

        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.NotConfigured), webhooks.Read(Sign(body, ""), "ping", Delivery, body));
    }

    public static TheoryData<string?> Forgeries()
    {
        var body = Bytes(Ping());
        var good = Sign(body, Secret);
        return
        [
            null,
            "",
            "sha256=",
            good["sha256=".Length..],
            good[..^1],
            good + "0",
            good + " ",
            good + "," + good,
            "SHA256=" + good["sha256=".Length..],
            "sha1=" + Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(Secret), body)),
            "sha512=" + Convert.ToHexStringLower(HMACSHA512.HashData(Encoding.UTF8.GetBytes(Secret), body)),
            "sha256=" + Convert.ToHexStringLower(SHA256.HashData(body)),
            "sha256=" + new string('0', 64),
            "sha256=" + new string('g', 64),
            "sha256=" + new string('０', 64),
            Sign(body, "another secret than ours"),
            Sign(body, ""),
            Sign([.. body, (byte)'\n'], Secret),
        ];
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void Forged_signature_is_refused(string? signature) =>
        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.NotSigned), _webhooks.Read(signature, "ping", Delivery, Bytes(Ping())));

    [Fact]
    public void Body_that_was_changed_or_cut_is_refused()
    {
        var body = Bytes(Run());
        var signature = Sign(body, Secret);
        for (var length = 0; length < body.Length; length += 97)
        {
            Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.NotSigned), _webhooks.Read(signature, "workflow_run", Delivery, body.AsMemory(0, length)));
        }

        body[^10] ^= 1;
        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.NotSigned), _webhooks.Read(signature, "workflow_run", Delivery, body));
    }

    [Fact]
    public void Body_at_the_limit_is_read_and_one_past_it_is_not()
    {
        var body = Run();
        body["padding"] = "";
        body["padding"] = new string('a', GitHubLimits.WebhookBytes - Bytes(body).Length);

        Assert.IsType<GitHubDelivery.Received>(Read("workflow_run", body));
        body["padding"] = (string)body["padding"]! + "a";
        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.TooLarge), Read("workflow_run", body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("payload=%7B%7D")]
    [InlineData("""{"repository":null,"workflow_run":null}""")]
    [InlineData("""{"repository":{"full_name":"octo-org/../x","id":1},"workflow_run":{}}""")]
    [InlineData("""{"repository":{"full_name":"\ud800","id":1},"workflow_run":{}}""")]
    [InlineData("""{"repository":{"full_name":"octo-org/reports","id":1.5},"workflow_run":{}}""")]
    public void Signed_body_of_another_shape_is_unreadable(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);

        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.Unreadable), _webhooks.Read(Sign(bytes, Secret), "workflow_run", Delivery, bytes));
    }

    [Fact]
    public void Body_that_is_nested_without_end_is_unreadable()
    {
        var bytes = Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 1_000_000));

        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.Unreadable), _webhooks.Read(Sign(bytes, Secret), "push", Delivery, bytes));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("72d3162e|cc78")]
    [InlineData("72d3162e\n")]
    public void Delivery_needs_an_id(string? id)
    {
        var body = Bytes(Ping());

        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.Unreadable), _webhooks.Read(Sign(body, Secret), "ping", id, body));
        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.Unreadable), _webhooks.Read(Sign(body, Secret), "ping", new string('a', 101), body));
    }

    [Theory]
    [InlineData("requested", "queued", null, ForgeRunStatus.Queued)]
    [InlineData("in_progress", "in_progress", null, ForgeRunStatus.Running)]
    [InlineData("completed", "completed", "success", ForgeRunStatus.Succeeded)]
    [InlineData("completed", "completed", "cancelled", ForgeRunStatus.Cancelled)]
    [InlineData("something_new", "completed", "timed_out", ForgeRunStatus.Failed)]
    public void Run_is_read(string action, string status, string? conclusion, ForgeRunStatus expected)
    {
        var body = Run();
        body["action"] = action;
        body["workflow_run"]!["status"] = status;
        body["workflow_run"]!["conclusion"] = conclusion;

        Assert.Equal(
            Received(
                new DateTimeOffset(2030, 1, 1, 0, 0, 20, TimeSpan.Zero),
                new GitHubFact.RunChanged(new ForgeRun(30433642, "https://github.com/octo-org/reports/actions/runs/30433642", expected, Sha, 2), 562)),
            Read("workflow_run", body));
    }

    [Theory]
    [InlineData("head_branch", "main")]
    [InlineData("head_branch", "jobs/abc")]
    [InlineData("head_branch", null)]
    [InlineData("path", ".github/workflows/ci.yml")]
    [InlineData("path", ".github/workflows/run-job.yml.yml")]
    [InlineData("path", null)]
    [InlineData("event", "workflow_dispatch")]
    [InlineData("event", "pull_request")]
    public void Run_of_another_branch_workflow_or_event_is_nothing_to_us(string field, string? value)
    {
        var body = Run();
        body["workflow_run"]![field] = value;

        Assert.Equal(new GitHubDelivery.Ignored(Delivery), Read("workflow_run", body));
    }

    [Fact]
    public void Run_of_a_fork_is_nothing_to_us()
    {
        var body = Run();
        body["workflow_run"]!["head_repository"] = GitHubServer.RepositoryOf(99);
        var deleted = Run();
        deleted["workflow_run"]!["head_repository"] = null;

        Assert.Equal(new GitHubDelivery.Ignored(Delivery), Read("workflow_run", body));
        Assert.Equal(new GitHubDelivery.Ignored(Delivery), Read("workflow_run", deleted));
    }

    [Theory]
    [InlineData("opened", "open", false, ForgePullRequestStatus.Open)]
    [InlineData("closed", "closed", false, ForgePullRequestStatus.Closed)]
    [InlineData("closed", "closed", true, ForgePullRequestStatus.Merged)]
    public void Pull_request_is_read(string action, string state, bool isMerged, ForgePullRequestStatus expected)
    {
        var body = PullRequest();
        body["action"] = action;
        body["pull_request"]!["state"] = state;
        body["pull_request"]!["merged"] = isMerged;
        body["pull_request"]!["merged_at"] = isMerged ? "2030-01-01T00:01:30Z" : null;

        Assert.Equal(
            Received(
                new DateTimeOffset(2030, 1, 1, 0, 1, 30, TimeSpan.Zero),
                new GitHubFact.PullRequestChanged(new ForgePullRequest(42, "https://github.com/octo-org/reports/pull/42", expected, Sha))),
            Read("pull_request", body));
    }

    [Fact]
    public void Pull_request_of_a_fork_with_a_branch_of_the_same_name_is_nothing_to_us()
    {
        var fork = PullRequest();
        fork["pull_request"]!["head"]!["repo"] = GitHubServer.RepositoryOf(99);
        var gone = PullRequest();
        gone["pull_request"]!["head"]!["repo"] = null;

        Assert.Equal(new GitHubDelivery.Ignored(Delivery), Read("pull_request", fork));
        Assert.Equal(new GitHubDelivery.Ignored(Delivery), Read("pull_request", gone));
    }

    [Fact]
    public void Push_is_read_as_the_branch_at_a_commit_or_gone()
    {
        var at = new DateTimeOffset(2030, 1, 1, 0, 2, 0, TimeSpan.Zero);
        var deleted = Push();
        deleted["deleted"] = true;
        deleted["after"] = new string('0', 40);

        Assert.Equal(Received(at, new GitHubFact.BranchMoved(Sha)), Read("push", Push()));
        Assert.Equal(Received(at, new GitHubFact.BranchDeleted()), Read("push", deleted));
    }

    [Theory]
    [InlineData("refs/heads/main")]
    [InlineData("refs/tags/job/abc12345")]
    public void Push_of_something_else_is_nothing_to_us(string name)
    {
        var body = Push();
        body["ref"] = name;

        Assert.Equal(new GitHubDelivery.Ignored(Delivery), Read("push", body));
    }

    [Theory]
    [InlineData("issues")]
    [InlineData("workflow_job")]
    [InlineData(null)]
    public void Another_event_is_nothing_to_us(string? name) => Assert.Equal(new GitHubDelivery.Ignored(Delivery), Read(name, Run()));

    [Fact]
    public void Delivery_sent_again_is_the_same_and_tells_by_its_id() => Assert.Equal(Read("workflow_run", Run()), Read("workflow_run", Run()));

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://github.com/octo-org/reports/actions/runs/1")]
    [InlineData("https://user@github.com/x")]
    [InlineData("/relative")]
    public void Address_that_is_none_to_be_shown_makes_a_body_unreadable(string url)
    {
        var body = Run();
        body["workflow_run"]!["html_url"] = url;

        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.Unreadable), Read("workflow_run", body));
    }

    [Fact]
    public void Address_at_the_limit_is_taken_and_one_past_it_is_not()
    {
        var body = Run();
        const string Start = "https://github.com/";
        body["workflow_run"]!["html_url"] = Start + new string('a', GitHubLimits.UrlCharacters - Start.Length);
        Assert.IsType<GitHubDelivery.Received>(Read("workflow_run", body));

        body["workflow_run"]!["html_url"] = Start + new string('a', GitHubLimits.UrlCharacters - Start.Length + 1);
        Assert.Equal(new GitHubDelivery.Refused(GitHubRefusal.Unreadable), Read("workflow_run", body));
    }

    private static GitHubDelivery.Received Received(DateTimeOffset at, GitHubFact fact) => new(new GitHubEvent(Delivery, "octo-org/reports", "job/abc12345", at, fact));

    private static JsonObject Ping() => new() { ["zen"] = "Design for failure.", ["hook_id"] = 109948940, ["hook"] = new JsonObject { ["type"] = "Repository" } };

    private static JsonObject Run() => new()
    {
        ["action"] = "completed",
        ["workflow_run"] = new JsonObject
        {
            ["id"] = 30433642,
            ["name"] = "run-job",
            ["head_branch"] = "job/abc12345",
            ["head_sha"] = Sha,
            ["path"] = ".github/workflows/run-job.yml",
            ["run_number"] = 562,
            ["event"] = "push",
            ["status"] = "completed",
            ["conclusion"] = "success",
            ["workflow_id"] = 159038,
            ["html_url"] = "https://github.com/octo-org/reports/actions/runs/30433642",
            ["created_at"] = "2030-01-01T00:00:10Z",
            ["updated_at"] = "2030-01-01T00:00:20Z",
            ["run_attempt"] = 2,
            ["head_repository"] = GitHubServer.RepositoryOf(GitHubServer.RepositoryId),
        },
        ["workflow"] = new JsonObject { ["id"] = 159038, ["path"] = ".github/workflows/run-job.yml" },
        ["repository"] = GitHubServer.RepositoryOf(GitHubServer.RepositoryId),
        ["sender"] = new JsonObject { ["login"] = "octocat", ["id"] = 1 },
    };

    private static JsonObject PullRequest() => new()
    {
        ["action"] = "opened",
        ["number"] = 42,
        ["pull_request"] = new JsonObject
        {
            ["number"] = 42,
            ["html_url"] = "https://github.com/octo-org/reports/pull/42",
            ["state"] = "open",
            ["merged"] = false,
            ["merged_at"] = null,
            ["updated_at"] = "2030-01-01T00:01:30Z",
            ["head"] = new JsonObject { ["ref"] = "job/abc12345", ["sha"] = Sha, ["repo"] = GitHubServer.RepositoryOf(GitHubServer.RepositoryId) },
            ["base"] = new JsonObject { ["ref"] = "main", ["sha"] = Sha, ["repo"] = GitHubServer.RepositoryOf(GitHubServer.RepositoryId) },
        },
        ["repository"] = GitHubServer.RepositoryOf(GitHubServer.RepositoryId),
    };

    private static JsonObject Push()
    {
        var repository = GitHubServer.RepositoryOf(GitHubServer.RepositoryId);
        repository["pushed_at"] = new DateTimeOffset(2030, 1, 1, 0, 2, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        return new JsonObject
        {
            ["ref"] = "refs/heads/job/abc12345",
            ["before"] = new string('0', 40),
            ["after"] = Sha,
            ["created"] = true,
            ["deleted"] = false,
            ["forced"] = false,
            ["commits"] = new JsonArray(),
            ["repository"] = repository,
        };
    }

    private static byte[] Bytes(JsonNode body) => Encoding.UTF8.GetBytes(body.ToJsonString());

    private static string Sign(byte[] body, string secret) =>
        string.Create(CultureInfo.InvariantCulture, $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))}");

    private GitHubDelivery Read(string? eventName, JsonNode body, string secret = Secret)
    {
        var bytes = Bytes(body);
        return _webhooks.Read(Sign(bytes, secret), eventName, Delivery, bytes);
    }
}
