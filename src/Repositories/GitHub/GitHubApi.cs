using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Jobs.Domain;
using Jobs.Domain.Repositories;
using Octokit.Internal;

namespace Jobs.Repositories.GitHub;

/// <summary>GitHub's API by Octokit, on <see cref="GitHubHandler"/>. Whatever goes wrong is a <see cref="ForgeException"/>.</summary>
internal sealed class GitHubApi : IDisposable
{
    private const int MaxDetail = 200;

    /// <summary>How wrong our clock must be before it is taken for the reason that the app's proof was refused.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    private static readonly Octokit.ProductHeaderValue Product = new("Jobs");

    private readonly Uri _address;
    private readonly long _installation;
    private readonly TimeProvider _time;
    private readonly GitHubHandler _handler;
    private readonly HttpClientAdapter _http;
    private readonly HttpMessageInvoker _raw;
    private readonly IGitHubCredential _credential;

    /// <summary>Asks nothing yet.</summary>
    public GitHubApi(GitHubOptions options, TimeProvider time, LocalGitHub? local)
    {
        var address = local?.Address ?? new Uri(options.BaseAddress);
        _address = new Uri($"{address.AbsoluteUri.TrimEnd('/')}/");
        _time = time;
        _credential = options.IsApp ? new GitHubAppCredential(options, CreateTokenAsync, () => _handler!.ServerTime, time) : new GitHubToken(options.Token!);
        _installation = options.IsApp ? long.Parse(options.InstallationId!, CultureInfo.InvariantCulture) : 0;
        _handler = new GitHubHandler(_address, _credential, time, new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !_address.IsLoopback,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = GitHubLimits.ConnectTime,
            MaxResponseHeadersLength = GitHubLimits.HeaderKibibytes,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
        });
        _http = new HttpClientAdapter(() => _handler);
        _http.SetRequestTimeout(Timeout.InfiniteTimeSpan);
        _raw = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    /// <summary>The token of now, which must not be shown.</summary>
    public string? Token => _credential.Current;

    /// <summary>Whether an address is on the very host that is asked.</summary>
    public bool IsOurs(Uri target) => _handler.IsOurs(target);

    /// <summary>Reads something. With the tag of what is known of it, it costs nothing where that is still so.</summary>
    public async Task<Answer<T>> GetAsync<T>(string path, string? tag, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var response = await Connect(tag, cancellationToken).Get<T>(new Uri(path, UriKind.Relative), null, null, cancellationToken);
            return response.HttpResponse.StatusCode is HttpStatusCode.NotModified
                ? new Answer<T>(null, tag, IsUnchanged: true)
                : new Answer<T>(response.Body ?? throw GitHubHandler.Unreadable(), response.HttpResponse.ApiInfo.Etag, IsUnchanged: false);
        }
        catch (Octokit.NotFoundException)
        {
            return new Answer<T>(null, null, IsUnchanged: false);
        }
        catch (Exception error) when (Translate(error, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Changes something. Gives null where GitHub answers one of <paramref name="refusals"/>, which the caller can do something about.</summary>
    public async Task<T?> CallAsync<T>(Func<Octokit.IGitHubClient, Task<T>> call, IReadOnlyList<HttpStatusCode> refusals, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await call(new Octokit.GitHubClient(Connect(null, cancellationToken))) ?? throw GitHubHandler.Unreadable();
        }
        catch (Octokit.ApiException error) when (refusals.Contains(error.StatusCode))
        {
            return null;
        }
        catch (Exception error) when (Translate(error, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Where GitHub sends whoever asks for something; null where it has no such thing (any more).</summary>
    public async Task<Uri?> FindAsync(string path, CancellationToken cancellationToken)
    {
        using var request = Request(path);
        request.Options.Set(GitHubHandler.KeepsRedirect, true);
        using var response = await _raw.SendAsync(request, cancellationToken);
        return (int)response.StatusCode switch
        {
            301 or 302 or 303 or 307 or 308 when response.Headers.Location is { } location => new Uri(request.RequestUri!, location),
            404 or 410 => null,
            403 => throw Forbidden(),
            _ => throw GitHubHandler.Unreadable(),
        };
    }

    /// <summary>Reads an address of the host that is asked, without a credential and following no redirect.</summary>
    public async Task<PublicBody> DownloadAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = Request(address.AbsoluteUri);
        request.Options.Set(GitHubHandler.IsDownload, true);
        request.Options.Set(GitHubHandler.KeepsRedirect, true);
        using var response = await _raw.SendAsync(request, cancellationToken);
        return new PublicBody((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), request.Options.TryGetValue(GitHubHandler.IsCut, out _));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _raw.Dispose();
        _http.Dispose();
        (_credential as IDisposable)?.Dispose();
    }

    private static ForgeException Forbidden() => new("GitHub does not allow this to our credential.", isTransient: false);

    private HttpRequestMessage Request(string path) => new(HttpMethod.Get, new Uri(_address, path)) { Headers = { UserAgent = { new ProductInfoHeaderValue("Jobs", null) } } };

    private Octokit.Connection Connect(string? tag, CancellationToken cancellationToken, string? proof = null) => new(
        Product,
        _address,
        new InMemoryCredentialStore(proof is null ? Octokit.Credentials.Anonymous : new Octokit.Credentials(proof, Octokit.AuthenticationType.Bearer)),
        new Call(_http, tag, cancellationToken),
        new SimpleJsonSerializer());

    private async Task<Octokit.AccessToken> CreateTokenAsync(string proof, CancellationToken cancellationToken)
    {
        try
        {
            var token = await TryAsync(proof);
            if (token is null && (_handler.ServerTime - _time.GetUtcNow()).Duration() > ClockTolerance)
            {
                // Our clock is wrong, which GitHub's answer has told: by its own one the proof may be good.
                token = await TryAsync(((GitHubAppCredential)_credential).Proof());
            }

            return token ?? throw new ForgeException("GitHub does not accept our app: its id, its key or its installation is wrong.", isTransient: false);
        }
        catch (Exception error) when (Translate(error, cancellationToken) is { } failure)
        {
            throw failure;
        }

        async Task<Octokit.AccessToken?> TryAsync(string signed)
        {
            try
            {
                var token = await new Octokit.GitHubClient(Connect(null, cancellationToken, signed)).GitHubApps.CreateInstallationToken(_installation);
                return string.IsNullOrEmpty(token?.Token) ? throw GitHubHandler.Unreadable() : token;
            }
            catch (Octokit.ApiException error) when (error.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound)
            {
                return null;
            }
        }
    }

    /// <summary>What an exception means to callers; null for one that passes.</summary>
    private static ForgeException? Translate(Exception error, CancellationToken cancellationToken) => error switch
    {
        ForgeException => null,
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        Octokit.NotFoundException => new ForgeException("GitHub has no such repository, or our credential may not use it.", isTransient: false),
        Octokit.ForbiddenException or Octokit.LegalRestrictionException => Forbidden(),
        Octokit.ApiException api => new ForgeException($"GitHub refused the request ({(int)api.StatusCode}): {Detail(api)}", isTransient: false),
        // Whatever Octokit throws on an answer of another shape than it expects.
        _ => GitHubHandler.Unreadable(error),
    };

    private static string Detail(Octokit.ApiException error) =>
        error.ApiError?.Message is { Length: > 0 } message ? Texts.Cut(Texts.Plain(message).ReplaceLineEndings(" "), MaxDetail) : "it does not say why.";

    /// <summary>One call's way to the client that all share: Octokit lets few of its methods be cancelled, and none be conditional.</summary>
    private sealed class Call(IHttpClient http, string? tag, CancellationToken cancellationToken) : IHttpClient
    {
        public Task<Octokit.IResponse> Send(IRequest request, CancellationToken ignored, Func<object, object>? preprocessResponseBody = null)
        {
            request.Headers["X-GitHub-Api-Version"] = "2022-11-28";
            if (tag is not null)
            {
                request.Headers["If-None-Match"] = tag;
            }

            return http.Send(request, cancellationToken, preprocessResponseBody);
        }

        public void SetRequestTimeout(TimeSpan timeout)
        {
            // The handler's limit holds.
        }

        public void Dispose()
        {
            // The client is everybody's.
        }
    }
}

/// <summary>An answer to reading.</summary>
/// <param name="Body">What was read; null where nothing is there, and where it is unchanged.</param>
/// <param name="Tag">What tells whether it has changed since.</param>
/// <param name="IsUnchanged">Whether it is as it was known.</param>
internal readonly record struct Answer<T>(T? Body, string? Tag, bool IsUnchanged)
    where T : class;
