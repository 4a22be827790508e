using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Jobs.Domain.Repositories;

namespace Jobs.Repositories.GitHub;

/// <summary>
/// The way of every request to GitHub: it adds the credential, holds <see cref="GitHubLimits"/>, follows what a renamed repository redirects to on the same host and nothing else, and leaves
/// GitHub alone for as long as that asks for. What is wrong with an answer whatever was asked is a <see cref="ForgeException"/>; an answer that depends on the question passes.
/// </summary>
internal sealed class GitHubHandler(Uri address, IGitHubCredential credential, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>For a request of a file: it needs no credential, and its answer is cut where it is too long.</summary>
    public static readonly HttpRequestOptionsKey<bool> IsDownload = new("Jobs.IsDownload");

    /// <summary>On the answer to such a request: it was cut.</summary>
    public static readonly HttpRequestOptionsKey<bool> IsCut = new("Jobs.IsCut");

    /// <summary>For a request whose redirect is the answer.</summary>
    public static readonly HttpRequestOptionsKey<bool> KeepsRedirect = new("Jobs.KeepsRedirect");

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _places = new(GitHubLimits.MaxConcurrent);
    private DateTimeOffset _leftAloneUntil;
    private TimeSpan _ahead;

    /// <summary>The time by GitHub's own clock, as far as its last answer said: where ours is wrong, its dates would mean something else.</summary>
    public DateTimeOffset ServerTime
    {
        get
        {
            lock (_lock)
            {
                return time.GetUtcNow() + _ahead;
            }
        }
    }

    /// <summary>Whether an address is on the very host that is asked.</summary>
    public bool IsOurs(Uri target) => target.Scheme == address.Scheme && target.Host == address.Host && target.Port == address.Port && target.UserInfo.Length == 0;

    /// <summary>An answer that is not of the documented shape.</summary>
    public static ForgeException Unreadable(Exception? error = null) => new("GitHub gave an answer that cannot be read.", isTransient: true, error);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ThrowIfLeftAlone();
        // What asks for a token is waited for by whoever has a place.
        var needsPlace = request.Headers.Authorization is null;
        if (needsPlace)
        {
            await _places.WaitAsync(cancellationToken);
        }

        using var limit = new CancellationTokenSource(GitHubLimits.RequestTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await SendInTimeAsync(request, either.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ForgeException($"GitHub did not answer within {GitHubLimits.RequestTime.TotalSeconds} s.", isTransient: true, error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException)
        {
            throw new ForgeException("GitHub cannot be reached, or broke off.", isTransient: true, error);
        }
        finally
        {
            if (needsPlace)
            {
                _places.Release();
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _places.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendInTimeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is not null || request.Options.TryGetValue(IsDownload, out _))
        {
            return await CheckAsync(await FollowAsync(request, cancellationToken), isOurs: false);
        }

        var token = await credential.GetAsync(cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await FollowAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized && credential.Renew(token))
        {
            response.Dispose();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await credential.GetAsync(cancellationToken));
            response = await FollowAsync(request, cancellationToken);
        }

        return await CheckAsync(response, isOurs: true);
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var hops = 0; ; hops++)
        {
            var response = await base.SendAsync(request, cancellationToken);
            SetTime(response);
            if (request.Options.TryGetValue(KeepsRedirect, out _) || TargetOf(request, response) is not { } target)
            {
                return await ReadAsync(request, response, cancellationToken);
            }

            response.Dispose();
            if (hops == GitHubLimits.MaxRedirects || !IsOurs(target))
            {
                throw new ForgeException("The repository has another name or owner at GitHub now: register it under that.", isTransient: false);
            }

            request.RequestUri = target;
        }
    }

    /// <summary>Where a redirect leads; null for what is none. By 301 and 302 a request that changes something would become another one, so those are followed for reading only.</summary>
    private static Uri? TargetOf(HttpRequestMessage request, HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 307 or 308 && response.Headers.Location is { } location
        && ((int)response.StatusCode is 307 or 308 || request.Method == HttpMethod.Get)
            ? new Uri(request.RequestUri!, location)
            : null;

    /// <summary>Reads the body as far as it may go, so that whoever asked finds it whole.</summary>
    private static async Task<HttpResponseMessage> ReadAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var isDownload = request.Options.TryGetValue(IsDownload, out _);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var piece = new byte[16 * 1024];
        for (int length; (length = await body.ReadAsync(piece, cancellationToken)) > 0;)
        {
            if (buffer.Length + length > GitHubLimits.AnswerBytes)
            {
                if (isDownload)
                {
                    request.Options.Set(IsCut, true);
                    break;
                }

                response.Dispose();
                throw new ForgeException($"GitHub's answer has more than {GitHubLimits.AnswerBytes} bytes.", isTransient: false);
            }

            buffer.Write(piece, 0, length);
        }

        var type = response.Content.Headers.ContentType?.MediaType;
        var bytes = buffer.ToArray();
        if (!isDownload && !(type is "application/json" && IsJson(bytes)))
        {
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created)
            {
                response.Dispose();
                throw Unreadable();
            }

            // Octokit would read it as JSON all the same, as deep as it goes.
            bytes = [];
        }

        response.Content = new ByteArrayContent(bytes) { Headers = { ContentType = type is null ? null : new MediaTypeHeaderValue(type) } };
        return response;
    }

    private static bool IsJson(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = GitHubLimits.Depth });
        try
        {
            while (reader.Read())
            {
            }

            return reader.BytesConsumed > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Throws what another attempt may mend, whatever was asked, and that we are not let in.</summary>
    private async Task<HttpResponseMessage> CheckAsync(HttpResponseMessage response, bool isOurs)
    {
        var failure = (int)response.StatusCode switch
        {
            429 => LeaveAlone(response),
            403 when await IsLimitAsync(response) => LeaveAlone(response),
            401 when isOurs => new ForgeException("GitHub does not accept our credential: it is wrong, has ended or was taken back.", isTransient: false),
            408 or >= 500 => new ForgeException($"GitHub is out of order ({(int)response.StatusCode}).", isTransient: true) { RetryAfter = AskedWait(response) },
            _ => null,
        };
        if (failure is null)
        {
            return response;
        }

        response.Dispose();
        throw failure;
    }

    /// <summary>Whether a 403 says that there were too many requests, and not that we may not.</summary>
    private static async Task<bool> IsLimitAsync(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not null || HeaderOf(response, "x-ratelimit-remaining") == 0)
        {
            return true;
        }

        var body = await response.Content.ReadAsStringAsync();
        return body.Contains("rate limit", StringComparison.OrdinalIgnoreCase) || body.Contains("abuse detection", StringComparison.OrdinalIgnoreCase);
    }

    private ForgeException LeaveAlone(HttpResponseMessage response)
    {
        var wait = AskedWait(response) ?? GitHubLimits.UnsaidWait;
        lock (_lock)
        {
            var until = time.GetUtcNow() + wait;
            _leftAloneUntil = until > _leftAloneUntil ? until : _leftAloneUntil;
        }

        return Limited(wait);
    }

    private void ThrowIfLeftAlone()
    {
        lock (_lock)
        {
            if (_leftAloneUntil - time.GetUtcNow() is { Ticks: > 0 } wait)
            {
                throw Limited(wait);
            }
        }
    }

    private static ForgeException Limited(TimeSpan wait) => new("GitHub takes no more requests of ours for now.", isTransient: true) { RetryAfter = wait };

    /// <summary>How long GitHub asks us to wait, within what is believed; null where it does not say.</summary>
    private TimeSpan? AskedWait(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - ServerTime,
            _ => HeaderOf(response, "x-ratelimit-remaining") == 0 && HeaderOf(response, "x-ratelimit-reset") is { } reset and >= 0 and < 253_402_300_800
                ? DateTimeOffset.FromUnixTimeSeconds(reset) - ServerTime
                : (TimeSpan?)null,
        };
        return wait is { } asked ? TimeSpan.FromSeconds(Math.Clamp(asked.TotalSeconds, 1, GitHubLimits.LongestWait.TotalSeconds)) : null;
    }

    private static long? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private void SetTime(HttpResponseMessage response)
    {
        if (response.Headers.Date is { } date)
        {
            lock (_lock)
            {
                _ahead = date - time.GetUtcNow();
            }
        }
    }
}
