using System.Net;
using System.Text.Json;

namespace Jobs.Generation.Ai;

/// <summary>An endpoint answered with another status than 2xx. Its message quotes the answer, so it is for the log only.</summary>
internal sealed class AiEndpointException : Exception
{
    private readonly string _body;

    /// <param name="status">The status.</param>
    /// <param name="retryAfter">How long it asks to be left alone.</param>
    /// <param name="body">What it said, or the beginning of that.</param>
    public AiEndpointException(HttpStatusCode status, TimeSpan? retryAfter, string body)
        : base($"The AI endpoint answered {(int)status}: {body}")
    {
        Status = (int)status;
        RetryAfter = retryAfter;
        _body = body;
        IsOfTheProtocol = HasError(body);
    }

    public int Status { get; }

    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the body is JSON with an error, as all these protocols have it, and not the page of some other server.</summary>
    public bool IsOfTheProtocol { get; }

    /// <summary>Whether one of the words stands in the answer. Endpoints put them into different properties, some only into the message.</summary>
    public bool Says(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (_body.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasError(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind is JsonValueKind.Object
                && (json.RootElement.TryGetProperty("error", out _) || json.RootElement.TryGetProperty("message", out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
