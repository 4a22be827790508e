using System.Net;
using System.Net.Http.Json;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Tests.Runs;
using Jobs.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Telemetry;

/// <summary>One trace from a request to the last program that works for it.</summary>
public sealed class TraceTests
{
    private const string Prompt = "a counter for Ottokar";

    [Fact]
    public async Task Trace_of_a_caller_goes_through_creation_and_steps_to_the_compilers_and_stands_in_the_row_and_the_answer()
    {
        using var trace = new Trace();
        await using var app = await TestApp.StartAsync(real: true);

        using var response = await PostAsync(app, trace, "v1/widgets", new { name = "Counter", prompt = Prompt });
        var jobId = (await response.ReadJsonAsync()).GetProperty("jobId").GetString()!;
        await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("POST /v1/widgets > create widget > GenerateSources", await trace.PathToAsync("GenerateSources"));
        Assert.Equal("POST /v1/widgets > create widget > CompileWidget > compile widget > tsc", await trace.PathToAsync("tsc"));
        Assert.Equal("POST /v1/widgets > create widget > CompileWidget > compile widget > esbuild", await trace.PathToAsync("esbuild"));
        Assert.Contains($"-{trace.Id}-", Assert.Single(response.Headers.GetValues(RequestTrace.ResponseHeader)));
        var row = await app.Services.GetRequiredService<JobStore>().ReadAsync(jobId, CancellationToken.None);
        Assert.Contains($"-{trace.Id}-", row!.Job.TraceParent);
        Assert.All(trace.Spans, span => Assert.DoesNotContain(span.TagObjects, tag => $"{tag.Value}".Contains("Ottokar", StringComparison.Ordinal)));
        Assert.Contains(trace.Spans.Single(span => span.DisplayName == "CompileWidget").Tags, tag => tag is { Key: "job.id" } && tag.Value == jobId);
    }

    [Fact]
    public async Task Call_of_a_model_is_in_the_trace_of_its_job()
    {
        using var trace = new Trace();
        await using var model = await ScriptedServer.StartOpenAiAsync(AiBuilds.Whole);
        await using var app = await AiBuilds.StartAsync(model);

        using var response = await PostAsync(app, trace, "v1/widgets", new { name = "Greeting", prompt = Prompt });
        await app.WaitUntilSettledAsync((await response.ReadJsonAsync()).GetProperty("jobId").GetString()!);

        Assert.Equal("POST /v1/widgets > create widget > GenerateSources > chat scripted", await trace.PathToAsync("chat scripted"));
        // The endpoint is not ours to tell of it.
        Assert.All(model.Requests, request => Assert.DoesNotContain("traceparent", request.Headers.Keys));
    }

    [Fact]
    public async Task Run_of_an_agent_is_traced_to_the_sandbox_and_its_webhooks_address_is_in_no_span()
    {
        using var trace = new Trace();
        await using var app = await TestApp.StartAsync(real: true);
        var agentId = await app.LayAgentAsync();
        using var made = await app.Client.PostAsync($"v1/agents/{agentId}/webhook", null);
        var address = new Uri((await made.ReadJsonAsync()).GetProperty("url").GetString()!);

        using var response = await PostAsync(app, trace, address.PathAndQuery, new { order = 7 });
        var runId = (await response.ReadJsonAsync()).GetProperty("runId").GetString()!;
        await app.WaitForRunAsync(agentId, runId);

        Assert.Equal("POST /hooks/… > create run > ExecuteRun > run agent", await trace.PathToAsync("run agent"));
        var token = address.Segments[^1];
        Assert.All(trace.Spans, span => Assert.DoesNotContain(token, span.DisplayName + string.Concat(span.TagObjects.Select(tag => tag.Value))));
    }

    [Fact]
    public async Task Fault_of_ours_has_the_id_of_its_trace_and_a_callers_own_has_not()
    {
        using var trace = new Trace();
        await using var app = await TestApp.StartAsync();
        using var artifacts = app.BreakArtifacts();

        using var fault = await PostAsync(app, trace, "v1/widgets", new { name = "Counter", prompt = Prompt });
        using var wrong = await PostAsync(app, trace, "v1/widgets", new { name = "" });
        using var untraced = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "Counter", prompt = Prompt });

        Assert.True((int)fault.StatusCode >= 500, $"{fault.StatusCode}");
        Assert.Equal(trace.Id.ToHexString(), (await fault.ReadJsonAsync()).GetProperty("traceId").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.False((await wrong.ReadJsonAsync()).TryGetProperty("traceId", out _));
        Assert.False((await untraced.ReadJsonAsync()).TryGetProperty("traceId", out _));
        Assert.False(untraced.Headers.Contains(RequestTrace.ResponseHeader));
    }

    [Theory]
    [InlineData("/v1/jobs/job_1", "jobId=job_1", "/v1/jobs/{jobId}")]
    [InlineData("/v1/agents/a/runs/r", "agentId=a,runId=r", "/v1/agents/{agentId}/runs/{runId}")]
    [InlineData("/v1/widgets/w/files/src/App.tsx", "widgetId=w,path=src/App.tsx", "/v1/widgets/{widgetId}/files/{path}")]
    [InlineData("/health/live", "", "/health/live")]
    [InlineData("", "", "")]
    public void Route_has_names_in_the_place_of_values(string path, string values, string expected)
    {
        var routeValues = new RouteValueDictionary();
        foreach (var value in values.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(value => value.Split('=')))
        {
            routeValues[value[0]] = value[1];
        }

        Assert.Equal(expected, RequestTrace.RouteOf(path, routeValues));
    }

    private static async Task<HttpResponseMessage> PostAsync(TestApp app, Trace trace, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("traceparent", trace.TraceParent);
        return await app.Client.SendAsync(request);
    }
}
