using System.Net;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary>Contract 000: <c>GET /v1/jobs/{jobId}</c>.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task GetJob_succeeded_build_is_the_documented_payload()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();

        var job = await app.WaitUntilSettledAsync(jobId);

        Payload.AssertMatches("000-job-succeeded.json", job);
        Assert.Equal(jobId, job.GetProperty("jobId").GetString());
        Assert.Equal(widgetId, job.GetProperty("result").GetProperty("widgetId").GetString());
        Assert.Equal(
            job.GetProperty("result").GetProperty("buildId").GetString(),
            job.GetProperty("buildStatus").GetProperty("buildId").GetString());
    }

    [Fact]
    public async Task GetJob_while_generating_is_building_without_result_or_buildStatus()
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(new FakeGenerator((_, _) => gate.Task)));
        var (_, jobId) = await app.CreateWidgetAsync();

        var job = await app.WaitForJobAsync(jobId, job => job.GetProperty("status").GetString() == "building");
        gate.SetResult(FakeGenerator.OneFile);
        await app.WaitUntilSettledAsync(jobId);

        Payload.AssertMatches("000-job-building.json", job);
    }

    [Fact]
    public async Task GetJob_while_compiling_is_completed_with_a_build_in_progress()
    {
        var gate = new TaskCompletionSource<CompileResult>();
        await using var app = await TestApp.StartAsync(services =>
            services.AddSingleton<IWidgetCompiler>(new FakeCompiler { OnCompile = _ => gate.Task }));
        var (_, jobId) = await app.CreateWidgetAsync();

        var job = await app.WaitForJobAsync(
            jobId,
            job => job.TryGetProperty("buildStatus", out var build) && build.GetProperty("phase").GetString() == "PRE_BUILD");
        gate.SetResult(new CompileResult.Failed("src/App.tsx:3:5: error TS2322: Type 'string' is not assignable to type 'number'."));
        var failed = await app.WaitUntilSettledAsync(jobId);

        Payload.AssertMatches("000-job-compiling.json", job);
        Assert.Equal("completed", failed.GetProperty("status").GetString());
        Assert.Equal("FAILED", failed.GetProperty("buildStatus").GetProperty("status").GetString());
    }

    [Fact]
    public async Task GetJob_compile_error_is_completed_with_failureDetails()
    {
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetCompiler>(new FakeCompiler
        {
            OnCompile = _ => Task.FromResult<CompileResult>(
                new CompileResult.Failed("src/App.tsx:3:5: error TS2322: Type 'string' is not assignable to type 'number'.")),
        }));
        var (_, jobId) = await app.CreateWidgetAsync();

        Payload.AssertMatches("000-job-compile-failed.json", await app.WaitUntilSettledAsync(jobId));
    }

    [Fact]
    public async Task GetJob_final_failure_of_the_generator_is_failed_after_one_attempt()
    {
        var generator = new FakeGenerator((_, _) => throw new GenerationException("The model refused.", isTransient: false));
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(generator));
        var (_, jobId) = await app.CreateWidgetAsync();

        Payload.AssertMatches("000-job-failed.json", await app.WaitUntilSettledAsync(jobId));
        Assert.Equal(1, generator.Calls);
    }

    [Fact]
    public async Task GetJob_RetryAfter_is_sent_until_nothing_can_change()
    {
        var gate = new TaskCompletionSource<CompileResult>();
        await using var app = await TestApp.StartAsync(services =>
            services.AddSingleton<IWidgetCompiler>(new FakeCompiler { OnCompile = _ => gate.Task }));
        var (_, jobId) = await app.CreateWidgetAsync();

        await app.WaitForJobAsync(jobId, job => job.GetProperty("status").GetString() == "completed");
        using var compiling = await app.Client.GetAsync($"v1/jobs/{jobId}");
        gate.SetResult(new CompileResult.Failed("no"));
        await app.WaitUntilSettledAsync(jobId);
        using var settled = await app.Client.GetAsync($"v1/jobs/{jobId}");

        Assert.Equal(TimeSpan.FromSeconds(5), compiling.Headers.RetryAfter?.Delta);
        Assert.Null(settled.Headers.RetryAfter);
        Assert.NotEqual(compiling.Headers.ETag, settled.Headers.ETag);
    }

    [Theory]
    [InlineData("{0}", 304)]
    [InlineData("W/{0}", 304)]
    [InlineData("\"999\", {0}", 304)]
    [InlineData("*", 304)]
    [InlineData("\"999\"", 200)]
    [InlineData("not an etag", 200)]
    public async Task GetJob_IfNoneMatch_answers_304_only_for_the_current_state(string header, int expected)
    {
        await using var app = await TestApp.StartAsync();
        var (_, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        using var first = await app.Client.GetAsync($"v1/jobs/{jobId}");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/jobs/{jobId}");
        request.Headers.TryAddWithoutValidation("If-None-Match", string.Format(null, header, first.Headers.ETag!.Tag));
        using var second = await app.Client.SendAsync(request);

        Assert.Equal(expected, (int)second.StatusCode);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Equal(expected == 200, (await second.Content.ReadAsByteArrayAsync()).Length > 0);
    }

    [Theory]
    [InlineData("job_1776081418601_b5049f7fd47c")]
    [InlineData("nonsense")]
    [InlineData("job_1776081418601_b5049f7fd47c%7C0000000000")]
    [InlineData("%01%7F")]
    [InlineData("..%2Fwidgets")]
    public async Task GetJob_id_that_names_no_job_is_404(string jobId)
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.GetAsync($"v1/jobs/{jobId}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("job_not_found", (await response.ReadJsonAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task GetJob_of_another_tenant_is_indistinguishable_from_one_that_does_not_exist()
    {
        await using var app = await TestApp.StartAsync();
        var (_, jobId) = await app.CreateWidgetAsync();

        using var theirs = await app.OtherTenant.GetAsync($"v1/jobs/{jobId}");
        using var nobodys = await app.OtherTenant.GetAsync("v1/jobs/job_1776081418601_b5049f7fd47c");

        Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
        Assert.Equal(await nobodys.Content.ReadAsStringAsync(), await theirs.Content.ReadAsStringAsync());
    }
}
