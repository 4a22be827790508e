using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Jobs.Execution.Egress;
using Microsoft.AspNetCore.Http;

namespace Jobs.Execution.Tests.Egress;

/// <summary>Pages through the guard. What it has in common with the network of agents, such as sizes and TLS, is tested there.</summary>
public sealed class PublicWebTests
{
    private const string Url = $"https://{TlsServer.Host}/";
    private const int Bytes = 1_000_000;

    [Fact]
    public async Task Page_is_asked_for_by_name_without_anything_of_the_machine()
    {
        Dictionary<string, string>? sent = null;
        await using var server = await TlsServer.StartAsync(context =>
        {
            sent = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
            context.Response.Headers.Append("X-Robots-Tag", new(["noindex", "nofollow"]));
            return context.Response.WriteAsync("ok");
        });
        using var web = Create(server.Options);

        var answer = await web.GetAsync(Url, Bytes, CancellationToken.None);

        Assert.Equal((200, "ok", false), (answer.Status, Text(answer), answer.IsBodyCut));
        Assert.Equal("noindex, nofollow", answer.Header("x-robots-tag"));
        Assert.Null(answer.Header("Location"));
        Assert.Equal(["Accept", "Accept-Encoding", "Host", "User-Agent"], sent!.Keys.Order());
        Assert.Equal("TestCrawler", sent["User-Agent"]);
    }

    [Fact]
    public async Task Redirect_is_an_answer_and_is_not_followed()
    {
        await using var server = await TlsServer.StartAsync(context =>
        {
            context.Response.Redirect("http://169.254.169.254/latest/");
            return Task.CompletedTask;
        });
        using var web = Create(server.Options);

        var answer = await web.GetAsync(Url, Bytes, CancellationToken.None);

        Assert.Equal((302, "http://169.254.169.254/latest/"), (answer.Status, answer.Header("Location")));
        Assert.Single(server.Connected);
    }

    [Theory]
    [InlineData("http://api.example.com:8080/")]
    [InlineData("https://api.example.com:80/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://localhost/")]
    [InlineData("http://user@api.example.com/")]
    [InlineData("ftp://api.example.com/")]
    [InlineData("file:///etc/passwd")]
    public async Task Address_that_is_none_of_the_public_web_is_refused(string url)
    {
        await using var server = await TlsServer.StartAsync(context => context.Response.WriteAsync("ok"));
        using var web = Create(server.Options);

        Assert.Equal(EgressFailure.Refused, await FailureAsync(web, url));
        Assert.Empty(server.Resolved);
        Assert.Empty(server.Connected);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("93.184.216.34", "192.168.1.1")]
    public async Task Name_with_an_address_that_is_not_public_is_refused(params string[] addresses)
    {
        await using var server = await TlsServer.StartAsync(context => context.Response.WriteAsync("ok"));
        server.Names = (_, _) => addresses;
        using var web = Create(server.Options);

        Assert.Equal(EgressFailure.Refused, await FailureAsync(web, Url));
        Assert.Equal(EgressFailure.Refused, await FailureAsync(web, $"http://{TlsServer.Host}/"));
        Assert.Empty(server.Connected);
    }

    [Fact]
    public async Task Http_goes_to_port_80_of_the_address_that_was_checked()
    {
        await using var server = await TlsServer.StartAsync(context => context.Response.WriteAsync("ok"));
        using var web = Create(server.Options);

        // The server speaks TLS, so there is no answer; what matters is where it was asked.
        Assert.NotEqual(EgressFailure.Refused, await FailureAsync(web, $"http://{TlsServer.Host}/"));
        Assert.Equal("93.184.216.34:80", server.Connected.First());
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(1_001, true)]
    public async Task Body_is_read_up_to_so_many_bytes(int length, bool isCut)
    {
        await using var server = await TlsServer.StartAsync(context => context.Response.WriteAsync(new string('x', length)));
        using var web = Create(server.Options);

        var answer = await web.GetAsync(Url, 1_000, CancellationToken.None);

        Assert.Equal((1_000, isCut), (answer.Body.Length, answer.IsBodyCut));
    }

    [Fact]
    public async Task Body_that_decompresses_to_a_hundred_times_its_size_is_read_up_to_so_many_bytes()
    {
        var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 100; i++)
            {
                await gzip.WriteAsync(zeros);
            }
        }

        await using var server = await TlsServer.StartAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(bomb.GetBuffer(), 0, (int)bomb.Length);
        });
        using var web = Create(server.Options);

        var answer = await web.GetAsync(Url, Bytes, CancellationToken.None);

        Assert.Equal((Bytes, true), (answer.Body.Length, answer.IsBodyCut));
    }

    [Fact]
    public async Task Failures_are_told_apart()
    {
        var time = new ManualTimeProvider();
        var asked = new TaskCompletionSource();
        await using var server = await TlsServer.StartAsync(async context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/silent":
                    asked.SetResult();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    break;
                case "/headers":
                    context.Response.Headers["X-Large"] = new string('x', (EgressLimits.ResponseHeaderKibibytes * 1024) + 1);
                    break;
                case "/gzip":
                    context.Response.Headers.ContentEncoding = "gzip";
                    await context.Response.WriteAsync("not compressed");
                    break;
                default:
                    context.Abort();
                    break;
            }
        });
        using var web = Create(server.Options with { Time = time });
        using var nowhere = Create(server.Options with { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });
        using var closed = Create(server.Options with { Connect = (_, _, _) => throw new SocketException((int)SocketError.ConnectionRefused) });

        Assert.Equal(EgressFailure.NameNotFound, await FailureAsync(nowhere, Url));
        Assert.Equal(EgressFailure.Unreachable, await FailureAsync(closed, Url));
        Assert.Equal(EgressFailure.Unreachable, await FailureAsync(web, $"{Url}abort"));
        Assert.Equal(EgressFailure.Malformed, await FailureAsync(web, $"{Url}headers"));
        Assert.Equal(EgressFailure.Malformed, await FailureAsync(web, $"{Url}gzip"));

        var silent = FailureAsync(web, $"{Url}silent");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(90));
        time.Advance(EgressLimits.PageTime - TimeSpan.FromMilliseconds(1));
        Assert.False(silent.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(EgressFailure.TimedOut, await silent);
    }

    [Fact]
    public async Task Host_that_is_named_with_its_port_is_called_wherever_it_is_and_its_other_ports_are_not()
    {
        using var listener = new HttpListener();
        var port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var serving = AnswerOnceAsync(listener);
        Assert.True(LocalHosts.TryParse($"127.0.0.1:{port}", out var hosts, out _));
        using var web = new PublicWebFactory(new EgressOptions(), hosts).Create("TestCrawler");

        Assert.Equal("local", Text(await web.GetAsync($"http://127.0.0.1:{port}/", Bytes, CancellationToken.None)));
        await serving;
        Assert.Equal(EgressFailure.Refused, await FailureAsync(web, $"http://127.0.0.1:{port + 1}/"));
        Assert.Equal(EgressFailure.Refused, await FailureAsync(web, $"http://localhost:{port}/"));

        static async Task AnswerOnceAsync(HttpListener listener)
        {
            var context = await listener.GetContextAsync();
            await context.Response.OutputStream.WriteAsync("local"u8.ToArray());
            context.Response.Close();
        }
    }

    private static PublicWeb Create(EgressOptions options) => new PublicWebFactory(options, LocalHosts.None).Create("TestCrawler");

    private static string Text(WebAnswer answer) => Encoding.UTF8.GetString(answer.Body.Span);

    private static async Task<EgressFailure> FailureAsync(PublicWeb web, string url) =>
        (await Assert.ThrowsAsync<EgressException>(() => web.GetAsync(url, Bytes, CancellationToken.None))).Failure;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
