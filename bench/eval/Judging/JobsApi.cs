using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jobs.Eval.Cases;

namespace Jobs.Eval.Judging;

/// <summary>What a user does with the service, by its documented HTTP API.</summary>
internal sealed class JobsApi(HttpClient client)
{
    private const string Anything = "Whatever you suggest.";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Creates what the case asks for and answers its questions until the build has ended; its id and the job.</summary>
    public async Task<(string Id, JsonElement Job)> BuildAsync(EvalCase evalCase, CancellationToken cancellationToken)
    {
        var collection = $"{evalCase.Kind}s";
        var created = await SendAsync(HttpMethod.Post, $"v1/{collection}", new { name = $"My {evalCase.Kind}", prompt = evalCase.Prompt }, cancellationToken);
        var (id, jobId) = (Text(created, $"{evalCase.Kind}Id"), Text(created, "jobId"));
        while (true)
        {
            var job = await SendAsync(HttpMethod.Get, $"v1/jobs/{jobId}?include=usage", null, cancellationToken);
            if (IsSettled(job, evalCase))
            {
                return (id, job);
            }

            if (Text(job.GetProperty("progress"), "step") == "waiting_for_input")
            {
                await AnswerAsync(collection, id, evalCase, cancellationToken);
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>What the generator says of its files; empty when it says nothing.</summary>
    public async Task<string> SummaryAsync(EvalCase evalCase, string id, CancellationToken cancellationToken) =>
        (await MessagesAsync($"{evalCase.Kind}s", id, cancellationToken)).LastOrDefault(message => Text(message, "type") == "result") is { ValueKind: JsonValueKind.Object } result
            ? Text(result, "content")
            : "";

    /// <summary>Publishes a widget; its address.</summary>
    public async Task<string> PublishAsync(string widgetId, CancellationToken cancellationToken) =>
        Text(await SendAsync(HttpMethod.Post, $"v1/widgets/{widgetId}/publish", new { }, cancellationToken), "url");

    /// <summary>The schema of an agent's input.</summary>
    public async Task<JsonElement> InputSchemaAsync(string agentId, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Get, $"v1/agents/{agentId}/settings", null, cancellationToken)).GetProperty("manifest").GetProperty("input");

    /// <summary>Runs an agent to its end; the run.</summary>
    /// <exception cref="CheckFailedException">The agent's own schema refuses the input.</exception>
    public async Task<JsonElement> RunAsync(string agentId, JsonObject input, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync($"v1/agents/{agentId}/run", new JsonObject { ["input"] = input }, cancellationToken);
        var accepted = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (response.StatusCode is HttpStatusCode.BadRequest)
        {
            throw new CheckFailedException($"it does not take the input {input.ToJsonString()}: {Text(accepted, "detail")}");
        }

        response.EnsureSuccessStatusCode();
        while (true)
        {
            var run = await SendAsync(HttpMethod.Get, $"v1/agents/{agentId}/runs/{Text(accepted, "runId")}", null, cancellationToken);
            if (Text(run, "status") != "running")
            {
                return run;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>A property that must be there and be a text.</summary>
    public static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()
        ?? throw new InvalidOperationException($"'{property}' is null in {element}");

    private static bool IsSettled(JsonElement job, EvalCase evalCase) => Text(job, "status") switch
    {
        "failed" => true,
        "completed" => evalCase is AgentCase || (job.TryGetProperty("buildStatus", out var build) && Text(build, "status") is "SUCCEEDED" or "FAILED"),
        _ => false,
    };

    private async Task AnswerAsync(string collection, string id, EvalCase evalCase, CancellationToken cancellationToken)
    {
        // The question may have been answered since the job was read.
        if ((await MessagesAsync(collection, id, cancellationToken)).LastOrDefault() is { ValueKind: JsonValueKind.Object } last
            && last.TryGetProperty("question", out var question) && Text(question, "status") == "open")
        {
            var choices = question.GetProperty("choices").EnumerateArray().Select(choice => choice.GetString()!).ToArray();
            await SendAsync(HttpMethod.Post, $"v1/{collection}/{id}/messages", new { content = AnswerTo(choices, question.GetProperty("default").GetString(), evalCase) }, cancellationToken);
        }
    }

    /// <summary>What this user answers: the choice that they want, else what is suggested, else what they say anyway, else the first choice.</summary>
    private static string AnswerTo(string[] choices, string? suggested, EvalCase evalCase) =>
        choices.FirstOrDefault(choice => evalCase.Choose is { } wanted && Regex.IsMatch(choice, wanted, RegexOptions.IgnoreCase))
        ?? suggested ?? evalCase.Answer ?? choices.FirstOrDefault() ?? Anything;

    private async Task<IReadOnlyList<JsonElement>> MessagesAsync(string collection, string id, CancellationToken cancellationToken) =>
        [.. (await SendAsync(HttpMethod.Get, $"v1/{collection}/{id}/messages", null, cancellationToken)).GetProperty("messages").EnumerateArray()];

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request, cancellationToken);
        var content = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(content)
            : throw new HttpRequestException($"{method} {path} answered {(int)response.StatusCode}: {content}");
    }
}
