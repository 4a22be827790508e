using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>Answers in the browser for the calls of an agent's runs and settings, in their documented shapes.</summary>
internal sealed class StandInAgentApi
{
    private readonly JsonArray _runs = [];
    private int _number;

    public JsonObject Settings { get; } = JsonNode.Parse("""
        {
          "schedule": null, "nextRunAt": null, "paused": false, "allowedHosts": [], "webhook": null, "secrets": [],
          "manifest": {
            "name": "Greeter", "description": "Greets.", "secrets": ["MAIL_TOKEN"],
            "input": {
              "type": "object", "required": ["name", "times"],
              "properties": {
                "name": { "type": "string", "description": "Whom to greet.", "maxLength": 100 },
                "times": { "type": "integer", "minimum": 1, "maximum": 10, "default": 2 },
                "tone": { "enum": ["warm", "cool"], "default": "warm" },
                "loud": { "type": "boolean", "description": "In capitals." },
                "factor": { "type": "number" },
                "text": { "type": "string" },
                "tags": { "type": "array" },
                "options": { "type": "object" }
              }
            },
            "output": { "type": "object" }
          }
        }
        """)!.AsObject();

    public List<JsonNode> Inputs { get; } = [];

    public List<string> Calls { get; } = [];

    /// <summary>What becomes of a run.</summary>
    public Func<JsonNode, JsonObject> OnRun { get; set; } = input => new JsonObject
    {
        ["status"] = "completed",
        ["output"] = new JsonObject { ["greeting"] = $"Hello {input["name"]}" },
        ["logs"] = "greeting…\n",
        ["error"] = null,
    };

    public async Task InstallAsync(IPage page)
    {
        await page.RouteAsync("**/v1/agents/*/run", HandleRunAsync);
        await page.RouteAsync("**/v1/agents/*/runs**", HandleRunsAsync);
        await page.RouteAsync("**/v1/agents/*/runs/**", HandleRunsAsync);
        await page.RouteAsync("**/v1/agents/*/settings", HandleSettingsAsync);
        await page.RouteAsync("**/v1/agents/*/webhook", HandleWebhookAsync);
        await page.RouteAsync("**/v1/agents/*/secrets/*", HandleSecretAsync);
    }

    private Task HandleRunAsync(IRoute route)
    {
        var input = JsonNode.Parse(route.Request.PostData!)!["input"]!;
        Inputs.Add(input);
        var run = OnRun(input);
        if (run["problem"] is { } problem)
        {
            return AnswerAsync(route, problem, 400);
        }

        var id = $"run_{1_790_000_000_000 + ++_number}_{_number:x12}";
        var isRunning = (string?)run["status"] == "running";
        run["runId"] = id;
        run["agentId"] = "Wbk5MPTfzx";
        run["trigger"] = "manual";
        run["createdAt"] = $"2030-01-15T12:00:{_number:00}.000Z";
        run["startedAt"] = "2030-01-15T12:00:00.000Z";
        run["completedAt"] = isRunning ? null : "2030-01-15T12:00:00.340Z";
        run["durationMs"] = isRunning ? null : 340;
        _runs.Insert(0, run);
        return AnswerAsync(route, run, isRunning ? 202 : 200);
    }

    private Task HandleRunsAsync(IRoute route)
    {
        var path = new Uri(route.Request.Url).AbsolutePath.Split('/');
        if (path.Length == 5)
        {
            return AnswerAsync(route, new JsonObject { ["runs"] = _runs.DeepClone(), ["before"] = null }, 200);
        }

        var run = _runs.Single(candidate => (string?)candidate!["runId"] == path[5])!;
        if (route.Request.Method == "POST")
        {
            run["status"] = "cancelled";
            run["error"] = new JsonObject { ["code"] = "cancelled", ["message"] = "It was cancelled." };
        }

        return AnswerAsync(route, run, 200);
    }

    private Task HandleSettingsAsync(IRoute route)
    {
        if (route.Request.Method == "PATCH")
        {
            Calls.Add($"PATCH {route.Request.PostData}");
            foreach (var (name, value) in JsonNode.Parse(route.Request.PostData!)!.AsObject())
            {
                if (name == "schedule" && value is not null && ((string?)value["cron"])?.Split(' ').Length is not (5 or 6))
                {
                    return AnswerAsync(route, new { status = 400, code = "invalid_request", detail = "'schedule.cron' must have five or six fields.", errors = Array.Empty<object>() }, 400);
                }

                Settings[name] = value?.DeepClone();
            }

            Settings["nextRunAt"] = Settings["schedule"] is null ? null : "2030-01-16T08:00:00.000Z";
        }

        return AnswerAsync(route, Settings, 200);
    }

    private Task HandleWebhookAsync(IRoute route)
    {
        Calls.Add($"{route.Request.Method} webhook");
        var isMade = route.Request.Method == "POST";
        Settings["webhook"] = isMade ? new JsonObject { ["createdAt"] = "2030-01-15T12:00:00.000Z" } : null;
        return AnswerAsync(route, isMade ? new { url = "https://jobs.example/hooks/whk_once" } : new { success = true }, 200);
    }

    private Task HandleSecretAsync(IRoute route)
    {
        var name = new Uri(route.Request.Url).Segments[^1];
        Calls.Add($"{route.Request.Method} {name} {route.Request.PostData}");
        var all = Settings["secrets"]!.AsArray();
        if (route.Request.Method == "PUT")
        {
            all.Add(name);
        }
        else
        {
            all.Remove(all.Single(secret => (string?)secret == name));
        }

        return AnswerAsync(route, new { name }, 200);
    }

    private static Task AnswerAsync(IRoute route, object body, int status) =>
        route.FulfillAsync(new() { Status = status, ContentType = "application/json", Body = body is JsonNode node ? node.ToJsonString() : JsonSerializer.Serialize(body) });
}
