using Jobs.Domain.Sandbox;

namespace Jobs.Execution.Tests.Sandbox;

/// <summary>A network that answers as told, and remembers what it was asked.</summary>
internal sealed class SandboxNetworkFake(Func<SandboxHttpRequest, CancellationToken, Task<SandboxHttpResponse>> answer) : ISandboxNetwork
{
    private readonly Lock _lock = new();
    private readonly List<SandboxHttpRequest> _requests = [];
    private int _atOnce;

    public SandboxNetworkFake(Func<SandboxHttpRequest, SandboxHttpResponse> answer)
        : this((request, _) => Task.FromResult(answer(request)))
    {
    }

    public IReadOnlyList<SandboxHttpRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The most requests that were under way at once.</summary>
    public int MostAtOnce { get; private set; }

    public static SandboxHttpResponse Ok(ReadOnlyMemory<byte> body, string url, int status = 200, params KeyValuePair<string, string>[] headers) =>
        new(status, url, headers, body);

    public async Task<SandboxHttpResponse> SendAsync(SandboxHttpRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _requests.Add(request);
            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
        }

        try
        {
            return await answer(request, cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _atOnce--;
            }
        }
    }
}
