using System.Net;
using System.Net.Http.Json;
using Jobs.Domain.Compilation;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

public sealed class PublishedWidgetTests
{
    [Fact]
    public async Task Nothing_is_served_before_publishing()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        var job = await app.WaitUntilSettledAsync(jobId);
        var buildKey = job.GetProperty("result").GetProperty("buildId").GetString()!.Split(':')[1];

        foreach (var path in new[] { "", "/", "/embed.js", $"/builds/{buildKey}/widget.js", $"/builds/{buildKey}/widget.css" })
        {
            using var response = await app.Anonymous.GetAsync($"w/{widgetId}{path}");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task Publish_before_the_compile_succeeded_is_409()
    {
        var gate = new TaskCompletionSource<CompileResult>();
        await using var app = await TestApp.StartAsync(services =>
            services.AddSingleton<IWidgetCompiler>(new FakeCompiler { OnCompile = _ => gate.Task }));
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitForJobAsync(jobId, job => job.GetProperty("status").GetString() == "completed");

        using var early = await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null);
        gate.SetResult(new CompileResult.Failed("src/App.tsx:1:1: error"));
        await app.WaitUntilSettledAsync(jobId);
        using var failed = await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null);

        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Equal("build_not_succeeded", (await early.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.Conflict, failed.StatusCode);
        Assert.Contains("do not compile", (await failed.ReadJsonAsync()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Published_widget_is_served_with_a_strict_policy_and_immutable_builds()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync(name: "A <b>\"bold\"</b> name");
        var job = await app.WaitUntilSettledAsync(jobId);
        var buildKey = job.GetProperty("result").GetProperty("buildId").GetString()!.Split(':')[1];

        using var publish = await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null);
        var published = await publish.ReadJsonAsync();
        using var page = await app.Anonymous.GetAsync(published.GetProperty("url").GetString());
        using var embed = await app.Anonymous.GetAsync($"w/{widgetId}/embed.js");
        using var script = await app.Anonymous.GetAsync($"w/{widgetId}/builds/{buildKey}/widget.js");
        using var style = await app.Anonymous.GetAsync($"w/{widgetId}/builds/{buildKey}/widget.css");
        using var other = await app.Anonymous.GetAsync($"w/{widgetId}/builds/{buildKey}/other.js");
        using var otherBuild = await app.Anonymous.GetAsync($"w/{widgetId}/builds/{Guid.NewGuid()}/widget.js");

        Assert.Equal("PUBLISHED", published.GetProperty("status").GetString());
        Assert.Contains("sandbox allow-scripts", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("<b>", await page.Content.ReadAsStringAsync());
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TimeSpan.FromSeconds(60), page.Headers.CacheControl?.MaxAge);
        Assert.Contains(buildKey, await embed.Content.ReadAsStringAsync());
        Assert.Equal("export const mount = () => {};", await script.Content.ReadAsStringAsync());
        Assert.Equal("text/javascript", script.Content.Headers.ContentType?.MediaType);
        Assert.Contains("immutable", script.Headers.CacheControl?.ToString());
        Assert.Equal("*", script.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(".root{}", await style.Content.ReadAsStringAsync());
        Assert.Equal("text/css", style.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, otherBuild.StatusCode);
        var get = await (await app.Client.GetAsync($"v1/widgets/{widgetId}")).ReadJsonAsync();
        Assert.Equal("PUBLISHED", get.GetProperty("widget").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Published_build_stays_until_another_is_published_and_its_address_stays_after()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        (await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null)).EnsureSuccessStatusCode();
        var before = await app.Anonymous.GetStringAsync($"w/{widgetId}/embed.js");

        using var again = await app.Client.PostAsJsonAsync($"v1/widgets/{widgetId}/builds", new { prompt = "make it red" });
        await app.WaitUntilSettledAsync((await again.ReadJsonAsync()).GetProperty("jobId").GetString()!);
        var unpublished = await app.Anonymous.GetStringAsync($"w/{widgetId}/embed.js");
        (await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null)).EnsureSuccessStatusCode();
        var after = await app.Anonymous.GetStringAsync($"w/{widgetId}/embed.js");

        Assert.Equal(before, unpublished);
        Assert.NotEqual(before, after);
        var oldBuild = System.Text.RegularExpressions.Regex.Match(before, "/w/[^\"]+/builds/[^/]+/").Value;
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync($"{oldBuild}widget.js")).StatusCode);
    }

    [Fact]
    public async Task Page_with_the_known_ETag_is_304()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        (await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null)).EnsureSuccessStatusCode();
        using var first = await app.Anonymous.GetAsync($"w/{widgetId}/");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"w/{widgetId}/") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await app.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }
}
