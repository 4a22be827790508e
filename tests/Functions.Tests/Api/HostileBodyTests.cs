using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Jobs.Functions.Api.Builder;
using Jobs.Local.Host;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary>Bodies that no client library would send.</summary>
public sealed class HostileBodyTests
{
    [Theory]
    [InlineData("""{"name":"A","\ud800":1}""", "The name of a field is not valid Unicode text.")]
    [InlineData("""{"name":"A","pro\udc00mpt":1}""", "The name of a field is not valid Unicode text.")]
    [InlineData("""{"name":"A","name":"B"}""", "A field stands twice.")]
    [InlineData("""{"name":"A","n\u0061me":"B"}""", "A field stands twice.")]
    public async Task Field_name_that_is_not_text_or_stands_twice_is_400(string json, string detail)
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/widgets", new StringContent(json, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.ReadJsonAsync();
        Assert.Equal("invalid_json", problem.GetProperty("code").GetString());
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("v1/widgets", "ZZ")]
    [InlineData("v1/widgets", "80000000")]
    [InlineData("v1/widgets", "FFFFFFFFFFFFFFFFFF")]
    [InlineData("app/session", "80000000")]
    public async Task Body_in_bad_chunks_is_400_and_not_our_fault(string path, string chunkSize)
    {
        await using var app = await TestApp.StartAsync();

        var response = await SendRawAsync(app, "Transfer-Encoding: chunked", $"{chunkSize}\r\n{{}}\r\n0\r\n\r\n", path: path);

        Assert.StartsWith("HTTP/1.1 400 ", response);
        Assert.Contains("\"code\":\"invalid_body\"", response);
    }

    [Fact]
    public async Task Body_that_is_cut_off_creates_nothing()
    {
        await using var app = await TestApp.StartAsync();

        await SendRawAsync(app, "Content-Length: 100", """{"name":"A"}""", endAfterIt: true);

        Assert.Equal(0, (await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Creation_whose_caller_hangs_up_after_the_body_is_finished()
    {
        await using var app = await TestApp.StartAsync();
        using var hangUp = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestAborted = hangUp.Token };
        context.Request.Method = "POST";
        context.Request.Path = "/v1/widgets";
        context.Request.Headers.Authorization = $"Bearer {TestApp.Key}";
        context.Request.Headers["Idempotency-Key"] = "key-1";
        context.Request.Body = new LastReadCancels("""{"name":"A","prompt":"a counter"}"""u8.ToArray(), hangUp);

        await ActivatorUtilities.CreateInstance<WidgetFunctions>(app.Services)
            .Create(context.Request, app.Services.GetRequiredService<DurableService>().Client);

        Assert.True(hangUp.IsCancellationRequested);
        await app.WaitUntilSettledAsync(context.Response.Headers.Location.ToString()["/v1/jobs/".Length..]);
    }

    private static async Task<string> SendRawAsync(TestApp app, string headers, string body, bool endAfterIt = false, string path = "v1/widgets")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(app.Address.Host, app.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /{path} HTTP/1.1\r\nHost: {app.Address.Authority}\r\nAuthorization: Bearer {TestApp.Key}\r\nConnection: close\r\n{headers}\r\n\r\n{body}"));
        if (endAfterIt)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        using var reader = new StreamReader(stream);
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException) when (endAfterIt)
        {
            // The server may reset a connection whose caller stopped half-way instead of closing it; either way the request has ended.
            return "";
        }
    }

    /// <summary>A body whose caller hangs up as soon as its end was read.</summary>
    private sealed class LastReadCancels(byte[] bytes, CancellationTokenSource hangUp) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                await hangUp.CancelAsync();
            }

            return count;
        }
    }
}
