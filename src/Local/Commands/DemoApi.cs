using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Jobs.Local.Commands;

/// <summary>What the demos do as clients of the documented HTTP API. Whatever goes wrong is a <see cref="DemoFailedException"/>.</summary>
internal sealed class DemoApi(HttpClient client, DemoProgress progress, TimeProvider time)
{
    /// <summary>The most characters of the prompt that become the name of what is built.</summary>
    private const int NameLength = 60;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>A job that takes longer has gone wrong: its own limits end it sooner, also where a slow model writes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>Creates a widget or an agent and sees its build through, answering its questions; its id.</summary>
    /// <param name="collection"><c>widgets</c> or <c>agents</c>.</param>
    /// <param name="prompt">What to build.</param>
    /// <param name="isBuilt">Whether a job has done what is wanted; throws when it never will.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<string> BuildAsync(string collection, string prompt, Func<JsonElement, bool> isBuilt, CancellationToken cancellationToken)
    {
        var created = await SendAsync(HttpMethod.Post, $"/v1/{collection}", new { name = NameOf(prompt), prompt }, cancellationToken);
        var (id, jobId) = (Text(created, $"{collection[..^1]}Id"), Text(created, "jobId"));
        while (IsWaiting(await WaitForJobAsync(jobId, job => IsWaiting(job) || isBuilt(job), cancellationToken)))
        {
            await AnswerAsync(collection, id, cancellationToken);
        }

        return id;
    }

    /// <summary>
    /// Creates a job of contract 004 and sees it through, showing how far it is and each of its results, as <paramref name="describe"/> puts it, once it is there; the job's id and its
    /// result.
    /// </summary>
    public async Task<(string JobId, JsonElement Result)> WorkAsync(string type, object input, Func<JsonElement, string> describe, CancellationToken cancellationToken)
    {
        var jobId = Text((await SendAsync(HttpMethod.Post, "/v1/api/jobs", new { type, input }, cancellationToken)).GetProperty("data"), "id");
        string? cursor = null;
        var areAllShown = false;
        try
        {
            for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < Patience; await Task.Delay(PollInterval, time, cancellationToken))
            {
                // The job first: what it has done by then is in the results that are read after it.
                var job = (await SendAsync(HttpMethod.Get, $"/v1/api/jobs/{jobId}", null, cancellationToken)).GetProperty("data");
                for (var isMore = !areAllShown; isMore;)
                {
                    (var items, cursor) = await ReadPageAsync($"/v1/api/jobs/{jobId}/results", cursor, cancellationToken);
                    items.ForEach(item => progress.Say(describe(item)));
                    // While the job works there is a next page always, which may have nothing yet.
                    areAllShown = cursor is null;
                    isMore = !areAllShown && items.Count > 0;
                }

                progress.Show(new DemoStep(job.GetProperty("progress").GetInt32() / 100d, Text(job, "status"), $"{job.GetProperty("progress")} %"));
                switch (Text(job, "status"))
                {
                    case "completed":
                        return (jobId, job.GetProperty("result"));
                    case "failed" or "cancelled":
                        throw new DemoFailedException($"The job failed: {Text(job, "error")}");
                }
            }
        }
        finally
        {
            progress.End();
        }

        throw new DemoFailedException($"The job {jobId} was not done after {Patience.TotalMinutes:0} minutes.");
    }

    /// <summary>Calls from now on as a user, with a token of the development issuer.</summary>
    public async Task SignInAsync(string user, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent([new("sub", user)]);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Text(await SendContentAsync(HttpMethod.Post, "/token", form, cancellationToken), "access_token"));
    }

    /// <summary>Sends a file ahead of the job that reads it, contract 003; its id.</summary>
    public async Task<string> SendDocumentAsync(string path, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(path, cancellationToken));
        return Text(await SendContentAsync(HttpMethod.Post, "/api/documents", content, cancellationToken), "documentId");
    }

    /// <summary>Creates a job of contract 003 and sees it through, showing where it is; the job's id and its result.</summary>
    public async Task<(string JobId, JsonElement Result)> AnalyseAsync(string type, object input, CancellationToken cancellationToken)
    {
        var jobId = Text(await SendAsync(HttpMethod.Post, "/api/jobs", new { type, input }, cancellationToken), "id");
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < Patience; await Task.Delay(PollInterval, time, cancellationToken))
        {
            var job = await SendAsync(HttpMethod.Get, $"/api/jobs/{jobId}", null, cancellationToken);
            switch (Text(job, "status"))
            {
                case "COMPLETED":
                    progress.Say($"{type}: COMPLETED");
                    return (jobId, job.GetProperty("result"));
                case "FAILED":
                    throw new DemoFailedException($"The job failed: {Text(job, "error")}");
            }
        }

        throw new DemoFailedException($"The job {jobId} was not done after {Patience.TotalMinutes:0} minutes.");
    }

    /// <summary>Shows the API key from now on where contract 002 wants it.</summary>
    public void ShowKey()
    {
        client.DefaultRequestHeaders.Add("x-api-key", client.DefaultRequestHeaders.Authorization!.Parameter);
        client.DefaultRequestHeaders.Authorization = null;
    }

    /// <summary>Sees a job of contract 002 through, showing each state and, line by line, what is written of it; the job at its end.</summary>
    public async Task<JsonElement> ChangeAsync(string jobId, CancellationToken cancellationToken)
    {
        var shown = 0;
        try
        {
            for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < Patience; await Task.Delay(PollInterval, time, cancellationToken))
            {
                // The state first: what was written by then is in the log that is read after it.
                var job = await SendAsync(HttpMethod.Get, $"/api/jobs/status?job_id={jobId}", null, cancellationToken);
                var lines = (await client.GetStringAsync($"/api/jobs/{jobId}/log", cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                foreach (var line in lines.Skip(shown))
                {
                    progress.Say($"  {line}");
                }

                shown = Math.Max(shown, lines.Length);
                var state = Text(job, "status");
                progress.Show(new DemoStep(state switch { "pending" => 0.1, "running" => 0.5, _ => 1 }, state, $"job {jobId}"));
                switch (state)
                {
                    case "completed" or "merged":
                        return job;
                    case "failed":
                        throw new DemoFailedException($"The job failed: {job.GetProperty("log").GetString()}");
                }
            }
        }
        finally
        {
            progress.End();
        }

        throw new DemoFailedException($"The job {jobId} was not done after {Patience.TotalMinutes:0} minutes.");
    }

    /// <summary>All items of a list of a job that has ended, as <paramref name="describe"/> puts each.</summary>
    public async Task<IReadOnlyList<string>> ReadItemsAsync(string path, Func<JsonElement, string> describe, CancellationToken cancellationToken)
    {
        var all = new List<string>();
        string? cursor = null;
        do
        {
            (var items, cursor) = await ReadPageAsync(path, cursor, cancellationToken);
            all.AddRange(items.Select(describe));
        }
        while (cursor is not null);

        return all;
    }

    /// <summary>The prompt, or as many of its first words as a name may have.</summary>
    internal static string NameOf(string prompt)
    {
        var name = prompt.Trim();
        return name.Length <= NameLength ? name
            : name.LastIndexOf(' ', NameLength) is > 0 and var end ? name[..end].TrimEnd()
            : name[..(char.IsHighSurrogate(name[NameLength - 1]) ? NameLength - 1 : NameLength)];
    }

    /// <summary>A job's <c>buildStatus</c>; null while it has none.</summary>
    public static JsonElement? CompileOf(JsonElement job) =>
        job.TryGetProperty("buildStatus", out var status) && status.ValueKind == JsonValueKind.Object ? status : null;

    /// <summary>Saves the files of a widget or an agent in a folder; their full paths.</summary>
    public async Task<IReadOnlyList<string>> SaveFilesAsync(string collection, string id, string folder, CancellationToken cancellationToken)
    {
        var listed = await SendAsync(HttpMethod.Get, $"/v1/{collection}/{id}/files", null, cancellationToken);
        var saved = new List<string>();
        foreach (var path in listed.GetProperty("files").EnumerateArray().Select(f => Text(f, "path")))
        {
            var target = Path.GetFullPath(Path.Combine(folder, path));
            if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new DemoFailedException($"There is a file outside the folder: {path}");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllBytesAsync(target, await client.GetByteArrayAsync($"/v1/{collection}/{id}/files/{path}", cancellationToken), cancellationToken);
            saved.Add(target);
        }

        return saved;
    }

    /// <summary>Sends one request and reads the JSON that answers it. Where the answer may take a moment, <paramref name="wait"/> is how many seconds to wait for it.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken, int? wait = null)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        return await SendContentAsync(method, path, content, cancellationToken, wait);
    }

    private async Task<JsonElement> SendContentAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken, int? wait = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (wait is { } seconds)
        {
            request.Headers.Add("Prefer", $"wait={seconds}");
        }

        using var response = await client.SendAsync(request, cancellationToken);
        var content = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(content)
            : throw new DemoFailedException($"{method} {path} answered {(int)response.StatusCode}: {content}");
    }

    /// <summary>A property that must be there and be a string.</summary>
    public static string Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new DemoFailedException($"An answer lacks '{property}': {element}");

    private async Task<(List<JsonElement> Items, string? Next)> ReadPageAsync(string path, string? cursor, CancellationToken cancellationToken)
    {
        var page = (await SendAsync(HttpMethod.Get, cursor is null ? path : $"{path}?cursor={Uri.EscapeDataString(cursor)}", null, cancellationToken)).GetProperty("data");
        return ([.. page.GetProperty("items").EnumerateArray()], page.GetProperty("nextCursor").GetString());
    }

    private static bool IsWaiting(JsonElement job) => Text(job.GetProperty("progress"), "step") == "waiting_for_input";

    /// <summary>Polls a job, showing where it is, until <paramref name="isDone"/> says so.</summary>
    private async Task<JsonElement> WaitForJobAsync(string jobId, Func<JsonElement, bool> isDone, CancellationToken cancellationToken)
    {
        try
        {
            for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < Patience; await Task.Delay(PollInterval, time, cancellationToken))
            {
                var job = await SendAsync(HttpMethod.Get, $"/v1/jobs/{jobId}", null, cancellationToken);
                var step = job.GetProperty("progress");
                progress.Show(DemoStep.From(Text(step, "step"), CompileOf(job) is { } compile ? Text(compile, "phase") : null, Text(step, "message")));
                if (isDone(job))
                {
                    return job;
                }
            }
        }
        finally
        {
            progress.End();
        }

        throw new DemoFailedException($"The build {jobId} was not done after {Patience.TotalMinutes:0} minutes.");
    }

    /// <summary>Answers as somebody in a hurry would: what is suggested, else the first choice.</summary>
    private async Task AnswerAsync(string collection, string id, CancellationToken cancellationToken)
    {
        var conversation = await SendAsync(HttpMethod.Get, $"/v1/{collection}/{id}/messages", null, cancellationToken);
        var message = conversation.GetProperty("messages").EnumerateArray()
            .LastOrDefault(message => message.TryGetProperty("question", out var question) && Text(question, "status") == "open");
        if (message.ValueKind is not JsonValueKind.Object)
        {
            throw new DemoFailedException("The build waits for an answer, but no question is open.");
        }

        var question = message.GetProperty("question");
        var choices = question.GetProperty("choices").EnumerateArray().Select(choice => choice.GetString()!).ToArray();
        var answer = question.GetProperty("default").GetString() ?? choices.FirstOrDefault() ?? "Whatever you suggest";
        progress.Say($"It asks: {Text(message, "content")}{(choices.Length == 0 ? "" : $" ({string.Join(", ", choices)})")}");
        progress.Say($"Answer: {answer}");
        await SendAsync(HttpMethod.Post, $"/v1/{collection}/{id}/messages", new { content = answer }, cancellationToken);
    }
}
