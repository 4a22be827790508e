namespace Jobs.Domain.Sandbox;

/// <summary>
/// Port: does the HTTP requests of one run, outside the sandbox. It decides about every address, redirects included; what it refuses reaches the code as an error of
/// its <c>fetch</c>.
/// </summary>
public interface ISandboxNetwork
{
    /// <summary>Sends one request. Throws <see cref="SandboxNetworkException"/> when it is refused or fails; its message is for the agent's owner.</summary>
    Task<SandboxHttpResponse> SendAsync(SandboxHttpRequest request, CancellationToken cancellationToken);
}

/// <summary>A request of the code, unchecked.</summary>
public sealed record SandboxHttpRequest(string Method, string Url, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);

/// <summary>The answer, whole and bounded.</summary>
public sealed record SandboxHttpResponse(int Status, string Url, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);

/// <summary>A request was refused or failed.</summary>
public sealed class SandboxNetworkException(string message, Exception? innerException = null) : Exception(message, innerException);
