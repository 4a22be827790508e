using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Local.Host;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Local.Tests.Host;

public sealed class ResultTests
{
    [Theory]
    [InlineData("/task")]
    [InlineData("/direct")]
    public async Task Result_is_executed(string path)
    {
        await using var host = await TestHost.StartAsync(typeof(Answers));

        var response = await host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(7, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("answer").GetInt32());
    }

    [Theory]
    [InlineData("/plain")]
    [InlineData("/plaintask")]
    [InlineData("/nothing")]
    public async Task Object_that_is_no_result_is_200_with_an_empty_body(string path)
    {
        await using var host = await TestHost.StartAsync(typeof(Answers));

        var response = await host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/throws")]
    [InlineData("/throwslater")]
    [InlineData("/action")] // IActionResult is not mirrored
    public async Task Unhandled_exception_is_500_with_an_empty_body(string path)
    {
        await using var host = await TestHost.StartAsync(typeof(Answers));

        var response = await host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.False(response.Headers.Contains("X-Set-Before"));
    }

    [Fact]
    public async Task Exception_after_the_response_has_begun_breaks_the_connection()
    {
        await using var host = await TestHost.StartAsync(typeof(Answers));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.Client.GetStringAsync("/throwswhilewriting"));
    }

    [Fact]
    public async Task What_is_flushed_arrives_before_the_function_ends()
    {
        await using var host = await TestHost.StartAsync(typeof(Answers));

        using var response = await host.Client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        // The function waits for the request below before it writes the second line.
        Assert.Equal("data: 1", await reader.ReadLineAsync());
        await host.Client.GetAsync("/streamon");
        Assert.Equal("data: 2", await reader.ReadLineAsync());
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Body_may_have_the_limit_and_not_a_byte_more(int beyond, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(typeof(Answers));
        var request = new HttpRequestMessage(HttpMethod.Post, "/length") { Content = new ZeroContent(LocalHost.MaxRequestBodySize + beyond) };
        request.Headers.ExpectContinue = true;

        Assert.Equal(expected, (await host.Client.SendAsync(request)).StatusCode);
    }

    public static class Answers
    {
        private static readonly TaskCompletionSource StreamOn = new();

        [Function("Task")]
        public static async Task<IResult> Later([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            await Task.Yield();
            return Results.Json(new { Answer = 7 }, statusCode: 202);
        }

        [Function("Direct")]
        public static IResult Direct([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => TypedResults.Accepted((string?)null, new { Answer = 7 });

        [Function("Plain")]
        public static object Plain([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => new { Answer = 7 };

        [Function("PlainTask")]
        public static Task<string> PlainTask([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Task.FromResult("text");

        [Function("Nothing")]
        public static Task Nothing([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Task.CompletedTask;

        [Function("Throws")]
        public static IResult Throws([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            request.HttpContext.Response.Headers["X-Set-Before"] = "1";
            throw new InvalidOperationException("the secret");
        }

        [Function("ThrowsLater")]
        public static async Task<IResult> ThrowsLater([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            await Task.Yield();
            throw new InvalidOperationException("the secret");
        }

        [Function("Action")]
        public static object Action([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => new OkObjectResult("text");

        [Function("ThrowsWhileWriting")]
        public static async Task ThrowsWhileWriting([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            await request.HttpContext.Response.WriteAsync("half of");
            await request.HttpContext.Response.Body.FlushAsync();
            throw new InvalidOperationException("the secret");
        }

        [Function("Stream")]
        public static async Task Stream([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            await request.HttpContext.Response.WriteAsync("data: 1\n");
            await request.HttpContext.Response.Body.FlushAsync();
            await StreamOn.Task;
            await request.HttpContext.Response.WriteAsync("data: 2\n");
        }

        [Function("StreamOn")]
        public static void On([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => StreamOn.SetResult();

        [Function("Length")]
        public static async Task<IResult> Length([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request)
        {
            await request.Body.CopyToAsync(System.IO.Stream.Null);
            return Results.Ok();
        }
    }

    private sealed class ZeroContent(long length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(System.IO.Stream stream, TransportContext? context)
        {
            var block = new byte[1 << 20];
            for (var left = length; left > 0; left -= block.Length)
            {
                await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)));
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
