using Jobs.Domain.Sandbox;

namespace Jobs.Execution.Egress;

/// <summary>A request of a sandbox's code, checked: method, headers and body are ones that we send. It changes with each redirect, as <c>fetch</c> lays down.</summary>
internal sealed record OutgoingRequest(string Method, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte>? Body)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <summary>They decide how a message is framed, by whom it is answered or over which connection it goes: ours to set.</summary>
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Expect", "Forwarded", "Host", "HTTP2-Settings", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "X-Forwarded-For", "X-Forwarded-Host",
        "X-Forwarded-Proto", "X-Real-IP",
    };

    /// <summary>We write them ourselves, from the body and from what we can decompress.</summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase) { "Accept-Encoding", "Content-Length" };

    private static readonly HashSet<string> Credentials = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Cookie" };

    private static readonly HashSet<string> OfBody =
        new(StringComparer.OrdinalIgnoreCase) { "Content-Encoding", "Content-Language", "Content-Location", "Content-Type" };

    /// <summary>Checks every rule; throws <see cref="EgressException"/> for the first that is broken.</summary>
    public static OutgoingRequest Read(SandboxHttpRequest request)
    {
        var method = request.Method.ToUpperInvariant();
        if (!Methods.Contains(method))
        {
            throw new EgressException($"Only these methods can be used: {string.Join(", ", Methods)}.");
        }

        if (request.Body.Length > EgressLimits.RequestBodyBytes)
        {
            throw new EgressException($"The request's body has more than {EgressLimits.RequestBodyBytes} bytes.");
        }

        var mayHaveBody = method is not ("GET" or "HEAD");
        if (!mayHaveBody && request.Body.Length > 0)
        {
            throw new EgressException($"A {method} request cannot have a body.");
        }

        var headers = new List<KeyValuePair<string, string>>();
        long bytes = 0;
        foreach (var (name, value) in request.Headers)
        {
            bytes += name.Length + (long)value.Length + ": \r\n".Length;
            if (bytes > EgressLimits.RequestHeaderBytes)
            {
                throw new EgressException($"The request's headers have more than {EgressLimits.RequestHeaderBytes} bytes.");
            }

            CheckHeader(name, value);
            if (!Ignored.Contains(name))
            {
                headers.Add(new(name, value));
            }
        }

        return new OutgoingRequest(method, headers, mayHaveBody ? request.Body : null);
    }

    /// <summary>What is sent after a redirect: POST becomes GET as browsers do it, credentials stay with the host that they were meant for.</summary>
    public OutgoingRequest Redirect(int status, bool isOtherHost)
    {
        var toGet = (status is 301 or 302 && Method == "POST") || (status == 303 && Method is not ("GET" or "HEAD"));
        return new OutgoingRequest(
            toGet ? "GET" : Method,
            [.. Headers.Where(header => !(toGet && OfBody.Contains(header.Key)) && !(isOtherHost && Credentials.Contains(header.Key)))],
            toGet ? null : Body);
    }

    private static void CheckHeader(string name, string value)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c)))
        {
            throw new EgressException("The name of a header is not valid.");
        }

        if (Refused.Contains(name) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase))
        {
            throw new EgressException($"The header {name} cannot be set.");
        }

        // Each character is one byte of the message (Latin-1), as in fetch.
        if (!value.All(c => c is '\t' or (>= ' ' and not '\x7f' and <= '\xff')))
        {
            throw new EgressException($"The value of the header {name} contains a character that cannot be sent.");
        }
    }
}
