using System.Diagnostics;
using System.Text.Json;
using Jobs.Eval.Browser;
using Jobs.Eval.Cases;
using Jobs.Eval.Checks;
using Microsoft.Playwright;

namespace Jobs.Eval.Judging;

/// <summary>Has the service build what a case asks for, executes it, and judges it.</summary>
/// <param name="client">A caller of the service.</param>
/// <param name="browser">Where widgets are opened.</param>
/// <param name="limit">How long one case may take, from the request to the verdict.</param>
/// <param name="patience">How long to wait for what should happen on a page; <see cref="Patience.Default"/> without it.</param>
internal sealed class CaseRunner(HttpClient client, IBrowser browser, TimeSpan limit, Patience? patience = null)
{
    private readonly JobsApi _api = new(client);

    /// <summary>Judges one case; only cancellation ends it without a verdict.</summary>
    /// <param name="evalCase">The case.</param>
    /// <param name="generator">What the generator of this kind calls itself.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<CaseResult> RunAsync(EvalCase evalCase, string generator, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(limit);
        var clock = Stopwatch.StartNew();
        var notes = new CaseNotes();
        Verdict verdict;
        try
        {
            // Playwright knows no cancellation, so it is left behind; the page is closed with its context.
            verdict = await JudgeAsync(evalCase, notes, stop.Token).WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            verdict = new(Outcome.Broken, $"it was not done after {limit.TotalSeconds:0} s");
        }
        catch (HttpRequestException error)
        {
            // A service that is being stopped answers nobody.
            cancellationToken.ThrowIfCancellationRequested();
            verdict = new(Outcome.Broken, $"the service did not do its part: {error.Message}");
        }

        return new(evalCase.Name, evalCase.Kind, generator, verdict, clock.Elapsed, notes);
    }

    private async Task<Verdict> JudgeAsync(EvalCase evalCase, CaseNotes notes, CancellationToken cancellationToken)
    {
        var (id, job) = await _api.BuildAsync(evalCase, cancellationToken);
        Read(job, notes);
        if (JobsApi.Text(job, "status") == "failed")
        {
            var error = JobsApi.Text(job, "error");
            return new(Refusal.IsFailure(error) ? Outcome.Refused : Outcome.Broken, error);
        }

        if (job.TryGetProperty("buildStatus", out var build) && JobsApi.Text(build, "status") == "FAILED")
        {
            return new(Outcome.Broken, $"it does not compile: {JobsApi.Text(build, "failureDetails")}");
        }

        notes.Said = await _api.SummaryAsync(evalCase, id, cancellationToken);
        try
        {
            await (evalCase switch
            {
                WidgetCase widget => OpenAsync(widget, id, cancellationToken),
                AgentCase agent => ExecuteAsync(agent, id, cancellationToken),
                _ => throw new UnreachableException(),
            });
            return new(Outcome.Passed, "");
        }
        catch (BrokenException broken)
        {
            return new(Outcome.Broken, broken.Message);
        }
        catch (CheckFailedException failed)
        {
            return Refusal.In(notes.Said, evalCase) is { } refusal
                ? new(Outcome.Refused, refusal)
                : new(Outcome.Wrong, failed.Message);
        }
    }

    private async Task OpenAsync(WidgetCase evalCase, string widgetId, CancellationToken cancellationToken)
    {
        var check = WidgetChecks.ByName[evalCase.Check];
        var address = await _api.PublishAsync(widgetId, cancellationToken);
        await using var page = await WidgetPage.OpenAsync(browser, address, check.MovesTheClock, patience ?? Patience.Default);
        // Playwright's own waits end by themselves, but a page that ran out of time should not go on.
        await using var closing = cancellationToken.Register(page.Abandon);
        try
        {
            await check.CheckAsync(page);
        }
        catch (Exception error) when (error is PlaywrightException or TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            page.ThrowIfBroken();
            throw new CheckFailedException($"it could not be used: {ReasonOf(error)}");
        }
        catch (CheckFailedException)
        {
            page.ThrowIfBroken();
            throw;
        }

        page.ThrowIfBroken();
    }

    private async Task ExecuteAsync(AgentCase evalCase, string agentId, CancellationToken cancellationToken)
    {
        var schema = await _api.InputSchemaAsync(agentId, cancellationToken);
        JsonElement? before = null;
        foreach (var wanted in evalCase.Runs)
        {
            var input = InputMapper.Map(wanted.Input, schema);
            var run = await _api.RunAsync(agentId, input, cancellationToken);
            if (JobsApi.Text(run, "status") != "completed")
            {
                var error = run.GetProperty("error");
                var why = $"its run failed ({JobsApi.Text(error, "code")}): {JobsApi.Text(error, "message").Split('\n')[0]}";
                // What the code itself throws is an answer to its input, if not the one that was wanted.
                throw JobsApi.Text(error, "code") == "threw" ? new CheckFailedException(why) : new BrokenException(why);
            }

            var output = run.GetProperty("output");
            foreach (var expectation in wanted.Expect)
            {
                if (OutputJudge.FaultOf(expectation, output, before) is { } fault)
                {
                    throw new CheckFailedException($"{fault} for {input.ToJsonString()}");
                }
            }

            before = output;
        }
    }

    /// <summary>What Playwright waited for in vain, without its log.</summary>
    private static string ReasonOf(Exception error)
    {
        var lines = error.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.Find(lines, line => line.Contains("waiting for", StringComparison.Ordinal)) is { } waited ? $"{lines[0]} {waited}" : lines[0];
    }

    /// <summary>The tokens and the cost that a job has under <c>usage</c>.</summary>
    private static void Read(JsonElement job, CaseNotes notes)
    {
        if (job.TryGetProperty("usage", out var used) && used.ValueKind is JsonValueKind.Object)
        {
            foreach (var number in used.EnumerateObject().Where(property => property.Value.ValueKind is JsonValueKind.Number))
            {
                notes.Usage[number.Name] = number.Value.GetDouble();
            }
        }
    }
}
