using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Jobs.Documents.Crawling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Documents.Tests.Crawling;

/// <summary>Answers from memory, by a function of the address. Addresses that are not public are refused, as the real one does.</summary>
internal sealed class MemoryFetcher(Func<string, FetchAnswer> answer) : IPageFetcher
{
    private readonly ConcurrentQueue<string> _requests = [];

    /// <summary>The addresses that were asked for.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>The 200 pages of <see cref="TestSite"/>.</summary>
    public static MemoryFetcher OfTestSite() => new(address => address.StartsWith(TestSite.Root + "/", StringComparison.Ordinal)
        ? Of(TestSite.Answer(address[TestSite.Root.Length..]))
        : new FetchAnswer { Failure = FetchFailure.Forbidden, FailureMessage = "The address is not public." });

    public static FetchAnswer Of(TestResponse response) => response.IsSilent
        ? new FetchAnswer { Failure = FetchFailure.TimedOut, Elapsed = TimeSpan.FromSeconds(20) }
        : new FetchAnswer
        {
            Status = response.Status,
            ContentType = response.ContentType,
            Location = response.Location,
            RobotsTags = response.RobotsTag is { } tag ? [tag] : [],
            Body = response.Body,
            Elapsed = TimeSpan.FromMilliseconds(10),
        };

    public Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _requests.Enqueue(request.Address);
        var given = answer(request.Address);
        return Task.FromResult(given.Body.Length > request.MaxBytes ? given with { Body = given.Body[..request.MaxBytes], IsBodyCut = true } : given);
    }
}

/// <summary>Serves <see cref="TestSite"/> on loopback, and asks for it by HTTP: the name of the site leads there, and any other is refused.</summary>
internal sealed class LoopbackSite : IPageFetcher, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private int _requests;

    private LoopbackSite(WebApplication app)
    {
        _app = app;
        var port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        _client.DefaultRequestHeaders.UserAgent.ParseAdd(CrawlLimits.UserAgent);
    }

    /// <summary>How many requests the server got, whoever made them.</summary>
    public int Requests => _requests;

    public static async Task<LoopbackSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        LoopbackSite? site = null;
        var app = builder.Build();
        app.Run(async context =>
        {
            Interlocked.Increment(ref site!._requests);
            var response = TestSite.Answer(context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent());
            if (response.IsSilent)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = response.Status;
            context.Response.ContentType = response.ContentType;
            if (response.Location is not null)
            {
                context.Response.Headers.Location = response.Location;
            }

            if (response.RobotsTag is not null)
            {
                context.Response.Headers["X-Robots-Tag"] = response.RobotsTag;
            }

            await context.Response.Body.WriteAsync(response.Body);
        });
        await app.StartAsync();
        return site = new LoopbackSite(app);
    }

    public async Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        if (!request.Address.StartsWith(TestSite.Root + "/", StringComparison.Ordinal))
        {
            return new FetchAnswer { Failure = FetchFailure.Forbidden };
        }

        try
        {
            using var response = await _client.GetAsync(request.Address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var body = new MemoryStream();
            var piece = new byte[64 * 1024];
            for (int read; body.Length <= request.MaxBytes && (read = await stream.ReadAsync(piece, cancellationToken)) > 0;)
            {
                body.Write(piece, 0, read);
            }

            return new FetchAnswer
            {
                Status = (int)response.StatusCode,
                ContentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : null,
                Location = response.Headers.NonValidated.TryGetValues("Location", out var locations) ? locations.ToString() : null,
                RobotsTags = response.Headers.NonValidated.TryGetValues("X-Robots-Tag", out var tags) ? [.. tags] : [],
                Body = body.GetBuffer().AsMemory(0, (int)Math.Min(body.Length, request.MaxBytes)),
                IsBodyCut = body.Length > request.MaxBytes,
            };
        }
        catch (HttpRequestException)
        {
            return new FetchAnswer { Failure = FetchFailure.Unreachable };
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
