using Jobs.Domain.Generation;

namespace Jobs.Generation.Ai;

/// <summary>
/// Whether the endpoints of the AI answer at all. Each is asked for its own address, without a key, a prompt or a model: whatever it says is an answer, but for a fault of its own (5xx). So
/// it costs nothing, and a wrong key or a missing model is not found out; <see cref="AiCheck"/> finds that.
/// </summary>
public sealed class AiReachability : IDisposable
{
    /// <summary>How long an endpoint that has answered is taken to be there, so that it is not asked whenever somebody asks us.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>How long an endpoint is waited for.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    private readonly AiClients _clients;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly Dictionary<Uri, long> _answered = [];
    private readonly Lock _lock = new();

    /// <summary>Sends nothing before it is asked.</summary>
    public AiReachability(AiClients clients, TimeProvider time)
    {
        (_clients, _time) = (clients, time);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeLimit, ActivityHeadersPropagator = null }) { Timeout = TimeLimit };
    }

    /// <summary>Throws <see cref="HttpRequestException"/>, or <see cref="OperationCanceledException"/> after <see cref="TimeLimit"/>, where an endpoint does not answer. Nothing where there is no AI.</summary>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (_clients.AreConfigured)
        {
            var endpoints = Enum.GetValues<AiUse>().Select(_clients.TargetOf).Append(_clients.GeneralTarget()).Select(target => target.Endpoint).Distinct();
            await Task.WhenAll(endpoints.Select(endpoint => RequireAsync(endpoint, cancellationToken)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task RequireAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_answered.TryGetValue(endpoint, out var at) && _time.GetElapsedTime(at) < Lifetime)
            {
                return;
            }
        }

        using var response = await _http.GetAsync(endpoint, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if ((int)response.StatusCode >= 500)
        {
            throw new HttpRequestException($"{endpoint.Authority} answered {(int)response.StatusCode}.", inner: null, response.StatusCode);
        }

        lock (_lock)
        {
            _answered[endpoint] = _time.GetTimestamp();
        }
    }
}
