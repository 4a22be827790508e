using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jobs.Repositories.Tests.GitHub;

/// <summary>A server on this machine that answers as GitHub's REST API is documented, for one repository (<c>owner/name</c>) that it keeps in memory.</summary>
internal sealed class GitHubServer : IAsyncDisposable
{
    public const string Owner = "octo-org";
    public const string Name = "reports";
    public const long RepositoryId = 1296269;
    public const string PersonalToken = "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Tree, string[] Parents, string Message)> _commits = [];
    private readonly Dictionary<string, Dictionary<string, string>> _trees = [];
    private int _serial;

    private GitHubServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>What was asked, in order: method, path with query, status.</summary>
    public ConcurrentQueue<Asked> Calls { get; } = [];

    /// <summary>The server's clock.</summary>
    public Func<DateTimeOffset> Now { get; set; } = () => DateTimeOffset.UtcNow;

    /// <summary>What answers instead of the repository; null from it lets the repository answer.</summary>
    public Func<HttpRequest, string, Task<Reply?>> Instead { get; set; } = (_, _) => Task.FromResult<Reply?>(null);

    /// <summary>What happens to an answer after the repository has done what was asked.</summary>
    public Func<Asked, Reply, Reply> After { get; set; } = (_, reply) => reply;

    public SortedDictionary<string, string> Refs { get; } = new(StringComparer.Ordinal);

    public List<JsonObject> Runs { get; } = [];

    public List<JsonObject> PullRequests { get; } = [];

    /// <summary>The tokens that let in.</summary>
    public HashSet<string> Tokens { get; } = [PersonalToken];

    public static async Task<GitHubServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseKestrel(options => options.AddServerHeader = false);
        var app = builder.Build();
        var server = new GitHubServer(app);
        app.Run(server.AnswerAsync);
        server.Refs["heads/main"] = server.Commit("A report", [], new() { ["README.md"] = "# Reports" });
        await app.StartAsync();
        return server;
    }

    /// <summary>Puts a commit into the repository.</summary>
    public string Commit(string message, string[] parents, Dictionary<string, string> files)
    {
        lock (_lock)
        {
            var tree = NewSha();
            _trees[tree] = files;
            var sha = NewSha();
            _commits[sha] = (tree, parents, message);
            return sha;
        }
    }

    /// <summary>The files of a commit.</summary>
    public IReadOnlyDictionary<string, string> FilesOf(string sha) => _trees[_commits[sha].Tree];

    public string MessageOf(string sha) => _commits[sha].Message;

    public string[] ParentsOf(string sha) => _commits[sha].Parents;

    public JsonObject AddRun(string branch, string sha, string status, string? conclusion = null, string @event = "push", long? headRepository = null, int attempt = 1)
    {
        var id = 30433642 + Runs.Count;
        var run = new JsonObject
        {
            ["id"] = id,
            ["name"] = "run-job",
            ["node_id"] = "MDEyOldvcmtmbG93IFJ1bjI2OTI4OQ==",
            ["check_suite_id"] = 42,
            ["head_branch"] = branch,
            ["head_sha"] = sha,
            ["path"] = ".github/workflows/run-job.yml@main",
            ["run_number"] = 562 + Runs.Count,
            ["event"] = @event,
            ["display_title"] = "Ask for a job",
            ["status"] = status,
            ["conclusion"] = conclusion,
            ["workflow_id"] = 159038,
            ["url"] = $"https://api.github.com/repos/{Owner}/{Name}/actions/runs/{id}",
            ["html_url"] = $"https://github.com/{Owner}/{Name}/actions/runs/{id}",
            ["pull_requests"] = new JsonArray(),
            ["created_at"] = "2030-01-01T00:00:10Z",
            ["updated_at"] = "2030-01-01T00:00:20Z",
            ["actor"] = User(),
            ["run_attempt"] = attempt,
            ["run_started_at"] = "2030-01-01T00:00:10Z",
            ["triggering_actor"] = User(),
            ["repository"] = RepositoryOf(RepositoryId),
            ["head_repository"] = RepositoryOf(headRepository ?? RepositoryId),
        };
        Runs.Add(run);
        return run;
    }

    public JsonObject AddPullRequest(string branch, string sha, bool isMerged = false, bool isOpen = true, long? headRepository = null)
    {
        var number = 42 + PullRequests.Count;
        var pull = new JsonObject
        {
            ["id"] = number * 1000,
            ["number"] = number,
            ["url"] = $"https://api.github.com/repos/{Owner}/{Name}/pulls/{number}",
            ["html_url"] = $"https://github.com/{Owner}/{Name}/pull/{number}",
            ["state"] = isMerged || !isOpen ? "closed" : "open",
            ["locked"] = false,
            ["title"] = "Job",
            ["user"] = User(),
            ["created_at"] = "2030-01-01T00:01:00Z",
            ["updated_at"] = "2030-01-01T00:01:30Z",
            ["closed_at"] = isMerged || !isOpen ? "2030-01-01T00:01:30Z" : null,
            ["merged_at"] = isMerged ? "2030-01-01T00:01:30Z" : null,
            ["draft"] = false,
            ["head"] = new JsonObject { ["label"] = $"{Owner}:{branch}", ["ref"] = branch, ["sha"] = sha, ["user"] = User(), ["repo"] = RepositoryOf(headRepository ?? RepositoryId) },
            ["base"] = new JsonObject { ["label"] = $"{Owner}:main", ["ref"] = "main", ["sha"] = Refs["heads/main"], ["user"] = User(), ["repo"] = RepositoryOf(RepositoryId) },
        };
        PullRequests.Add(pull);
        return pull;
    }

    public static JsonObject RepositoryOf(long id, string name = Name) => new()
    {
        ["id"] = id,
        ["node_id"] = "MDEwOlJlcG9zaXRvcnkxMjk2MjY5",
        ["name"] = name,
        ["full_name"] = $"{Owner}/{name}",
        ["owner"] = User(),
        ["private"] = true,
        ["html_url"] = $"https://github.com/{Owner}/{name}",
        ["fork"] = id != RepositoryId,
        ["url"] = $"https://api.github.com/repos/{Owner}/{name}",
        ["default_branch"] = "main",
        ["archived"] = false,
        ["visibility"] = "private",
        ["permissions"] = new JsonObject { ["admin"] = false, ["push"] = true, ["pull"] = true },
        ["created_at"] = "2029-01-26T19:01:12Z",
        ["updated_at"] = "2029-01-26T19:14:43Z",
        ["pushed_at"] = "2029-01-26T19:06:43Z",
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static JsonObject User() => new() { ["login"] = Owner, ["id"] = 1, ["type"] = "Organization", ["site_admin"] = false, ["html_url"] = $"https://github.com/{Owner}" };

    private static Reply Problem(int status, string message) => Reply.Of(status, new JsonObject { ["message"] = message, ["documentation_url"] = "https://docs.github.com/rest" });

    private string NewSha() => Convert.ToHexStringLower(SHA1.HashData(BitConverter.GetBytes(++_serial)));

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        var asked = new Asked(request.Method, $"{request.Path}{request.QueryString}", request.Headers.Authorization.ToString(), request.Headers.IfNoneMatch.ToString(), body);
        var reply = await Instead(request, body) ?? After(asked, AnswerOf(asked, request));
        if (reply.Status == 200 && request.Method == "GET" && reply.Bytes is { } bytes && !reply.Headers.ContainsKey("ETag"))
        {
            var tag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"";
            reply = asked.Tag == tag ? new Reply(304, null) : reply;
            reply.Headers["ETag"] = tag;
        }

        Calls.Enqueue(asked with { Status = reply.Status });
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.Headers.Date = Now().ToString("r", CultureInfo.InvariantCulture);
        response.Headers["x-ratelimit-limit"] = "5000";
        response.Headers["x-ratelimit-remaining"] = "4999";
        response.Headers["x-ratelimit-reset"] = Now().AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in reply.Headers)
        {
            response.Headers[name] = value;
        }

        if (reply.Bytes is not null)
        {
            response.ContentType = reply.Type;
            await response.Body.WriteAsync(reply.Bytes, context.RequestAborted);
        }
    }

    private Reply AnswerOf(Asked asked, HttpRequest request)
    {
        if (!asked.Authorization.StartsWith("Bearer ", StringComparison.Ordinal) || !Tokens.Contains(asked.Authorization["Bearer ".Length..]))
        {
            return Problem(401, "Bad credentials");
        }

        lock (_lock)
        {
            var path = request.Path.Value!.Trim('/').Split('/');
            return path is ["repos", Owner, Name, .. var rest] ? Answer(asked, request.Query, rest) : Problem(404, "Not Found");
        }
    }

    private Reply Answer(Asked asked, IQueryCollection query, string[] path)
    {
        var body = asked.Body.Length > 0 ? JsonNode.Parse(asked.Body)!.AsObject() : [];
        switch (asked.Method, path)
        {
            case ("GET", []):
                return Reply.Of(200, RepositoryOf(RepositoryId));
            case ("GET", ["git", "ref", .. var name]):
                return Refs.TryGetValue(string.Join('/', name), out var head) ? Reply.Of(200, RefOf(string.Join('/', name), head)) : Problem(404, "Not Found");
            case ("GET", ["git", "commits", var sha]):
                return _commits.ContainsKey(sha) ? Reply.Of(200, CommitOf(sha)) : Problem(404, "Not Found");
            case ("POST", ["git", "trees"]):
                var files = new Dictionary<string, string>(_trees[(string)body["base_tree"]!]);
                foreach (var item in body["tree"]!.AsArray())
                {
                    files[(string)item!["path"]!] = (string)item["content"]!;
                    Assert.Equal("100644", (string)item["mode"]!);
                    Assert.Equal("blob", (string)item["type"]!);
                }

                var tree = NewSha();
                _trees[tree] = files;
                return Reply.Of(201, new JsonObject { ["sha"] = tree, ["url"] = "https://api.github.com/x", ["tree"] = new JsonArray(), ["truncated"] = false });
            case ("POST", ["git", "commits"]):
                var made = NewSha();
                _commits[made] = ((string)body["tree"]!, [.. body["parents"]!.AsArray().Select(parent => (string)parent!)], (string)body["message"]!);
                return Reply.Of(201, CommitOf(made));
            case ("POST", ["git", "refs"]):
                var created = ((string)body["ref"]!)["refs/".Length..];
                return Refs.TryAdd(created, (string)body["sha"]!) ? Reply.Of(201, RefOf(created, Refs[created])) : Problem(422, "Reference already exists");
            case ("PATCH", ["git", "refs", .. var moved]):
                var branch = string.Join('/', moved);
                var to = (string)body["sha"]!;
                if (!_commits[to].Parents.Contains(Refs[branch]))
                {
                    return Problem(422, "Update is not a fast forward");
                }

                Refs[branch] = to;
                return Reply.Of(200, RefOf(branch, to));
            case ("GET", ["commits"]):
                return Reply.Of(200, new JsonArray([.. History(query["sha"]!, query["path"]!).Select(FullCommitOf)]));
            case ("GET", ["actions", "workflows", "run-job.yml", "runs"]):
                var runs = Runs.Where(run => (string)run["head_branch"]! == query["branch"] && (string)run["event"]! == query["event"]).Reverse().Select(run => run.DeepClone()).ToArray();
                return Runs.Count == 0 ? Problem(404, "Not Found") : Reply.Of(200, new JsonObject { ["total_count"] = runs.Length, ["workflow_runs"] = new JsonArray([.. runs.Take(int.Parse(query["per_page"]!, CultureInfo.InvariantCulture))]) });
            case ("GET", ["pulls"]):
                var wanted = query["head"].ToString().Split(':')[1];
                return Reply.Of(200, new JsonArray([.. PullRequests.Where(pull => (string)pull["head"]!["ref"]! == wanted).Reverse().Select(pull => pull.DeepClone())]));
            case ("GET", ["pulls", var number, "commits"]):
                var asking = PullRequests.Single(pull => (int)pull["number"]! == int.Parse(number, CultureInfo.InvariantCulture));
                return Reply.Of(200, new JsonArray([.. History((string)asking["head"]!["sha"]!, null).Reverse().Select(FullCommitOf)]));
            case ("POST", ["actions", "runs", var run, "cancel"]):
                var stopped = Runs.SingleOrDefault(one => (long)one["id"]! == long.Parse(run, CultureInfo.InvariantCulture));
                return stopped is null ? Problem(404, "Not Found")
                    : (string)stopped["status"]! == "completed" ? Problem(409, "Cannot cancel a workflow run that is completed.")
                    : Reply.Of(202, new JsonObject());
            default:
                return Problem(404, "Not Found");
        }
    }

    /// <summary>The commits from a head on, newest first, that change something below a path.</summary>
    private IEnumerable<string> History(string sha, string? path)
    {
        for (string? at = sha; at is not null; at = _commits[at].Parents.FirstOrDefault())
        {
            var before = _commits[at].Parents.FirstOrDefault() is { } parent ? FilesOf(parent) : new Dictionary<string, string>();
            if (path is null || FilesOf(at).Any(file => file.Key.StartsWith(path + "/", StringComparison.Ordinal) && before.GetValueOrDefault(file.Key) != file.Value))
            {
                yield return at;
            }
        }
    }

    private static JsonObject RefOf(string name, string sha) => new()
    {
        ["ref"] = $"refs/{name}",
        ["node_id"] = "MDM6UmVmcmVmcy9oZWFkcy9mZWF0dXJlQQ==",
        ["url"] = $"https://api.github.com/repos/{Owner}/{Name}/git/refs/{name}",
        ["object"] = new JsonObject { ["type"] = "commit", ["sha"] = sha, ["url"] = $"https://api.github.com/repos/{Owner}/{Name}/git/commits/{sha}" },
    };

    private JsonObject CommitOf(string sha) => new()
    {
        ["sha"] = sha,
        ["url"] = $"https://api.github.com/repos/{Owner}/{Name}/git/commits/{sha}",
        ["author"] = Person(),
        ["committer"] = Person(),
        ["message"] = _commits[sha].Message,
        ["tree"] = new JsonObject { ["sha"] = _commits[sha].Tree },
        ["parents"] = new JsonArray([.. _commits[sha].Parents.Select(parent => new JsonObject { ["sha"] = parent })]),
        ["verification"] = new JsonObject { ["verified"] = false, ["reason"] = "unsigned", ["signature"] = null, ["payload"] = null },
    };

    private JsonObject FullCommitOf(string sha) => new()
    {
        ["sha"] = sha,
        ["commit"] = CommitOf(sha),
        ["author"] = User(),
        ["committer"] = User(),
        ["parents"] = new JsonArray([.. _commits[sha].Parents.Select(parent => new JsonObject { ["sha"] = parent })]),
    };

    private static JsonObject Person() => new() { ["date"] = "2030-01-01T00:00:00Z", ["name"] = "Jobs", ["email"] = "jobs@example.com" };
}

/// <summary>A request that came.</summary>
internal sealed record Asked(string Method, string Path, string Authorization, string Tag, string Body, int Status = 0)
{
    public override string ToString() => $"{Method} {Path} -> {Status}";
}

/// <summary>An answer.</summary>
internal sealed record Reply(int Status, byte[]? Bytes, string Type = "application/json; charset=utf-8")
{
    public Dictionary<string, string> Headers { get; } = [];

    public static Reply Of(int status, JsonNode body) => new(status, Encoding.UTF8.GetBytes(body.ToJsonString()));

    public static Reply Text(int status, string body, string type = "application/json") => new(status, Encoding.UTF8.GetBytes(body), type);

    public Reply With(string name, string value)
    {
        Headers[name] = value;
        return this;
    }
}
