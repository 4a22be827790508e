using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Jobs.Functions.Api.Builder;

/// <summary>
/// What senders ask of an address before they send anything to it, so that only who wants their calls gets them. An address that exists answers; nothing runs and nothing is charged.
/// </summary>
internal static class WebhookHandshake
{
    /// <summary>The most characters of a challenge.</summary>
    public const int MaxChallengeLength = 1_000;

    /// <summary>The deliveries a minute that a CloudEvents sender is allowed where it does not say how many it wants.</summary>
    public const int DefaultRate = 120;

    /// <summary>The answer to a GET: WebSub's and Meta's <c>hub.challenge</c>, Dropbox's and Nylas' <c>challenge</c>; null where it asks for none of them.</summary>
    public static IResult? AnswerGet(HttpRequest request) => Echo(QueryOf(request, "hub.challenge") ?? QueryOf(request, "challenge"));

    /// <summary>The answer to an OPTIONS as CloudEvents' webhooks define it, which Azure's Event Grid uses too; null where it is none.</summary>
    public static IResult? AnswerOptions(HttpRequest request)
    {
        if (request.Headers["WebHook-Request-Origin"] is not [{ Length: > 0 and <= MaxChallengeLength } origin] || !IsPrintable(origin))
        {
            return null;
        }

        var isRate = int.TryParse(request.Headers["WebHook-Request-Rate"], NumberStyles.None, CultureInfo.InvariantCulture, out var rate);
        var headers = request.HttpContext.Response.Headers;
        headers["WebHook-Allowed-Origin"] = origin;
        headers["WebHook-Allowed-Rate"] = (isRate && rate > 0 ? rate : DefaultRate).ToString(CultureInfo.InvariantCulture);
        headers.Allow = "POST";
        return Results.Ok();
    }

    /// <summary>The answer to a POST: Microsoft Graph's <c>validationToken</c>, Slack's <c>url_verification</c>, Event Grid's validation event; null for a delivery.</summary>
    public static IResult? AnswerPost(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (QueryOf(request, "validationToken") is { } token)
        {
            return Echo(token);
        }

        // Cheap to tell from a delivery, whatever its size.
        var isEventGrid = request.Headers["aeg-event-type"] is ["SubscriptionValidation"];
        if (!isEventGrid && body.Span.IndexOf("url_verification"u8) < 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return isEventGrid ? AnswerEventGrid(document.RootElement) : AnswerSlack(document.RootElement);
        }
        catch (JsonException)
        {
            // The delivery that it is then is refused for that.
            return null;
        }
    }

    private static IResult? AnswerSlack(JsonElement body) =>
        body.ValueKind is JsonValueKind.Object && TextOf(body, "type") == "url_verification" ? Echo(TextOf(body, "challenge")) : null;

    private static JsonHttpResult<Dictionary<string, string>>? AnswerEventGrid(JsonElement body) =>
        body.ValueKind is JsonValueKind.Array && body.GetArrayLength() == 1 && body[0].ValueKind is JsonValueKind.Object
        && body[0].TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.Object
        && TextOf(data, "validationCode") is { Length: > 0 and <= MaxChallengeLength } code
            ? TypedResults.Json(new Dictionary<string, string> { ["validationResponse"] = code })
            : null;

    /// <summary>Plain text that no browser takes for a page.</summary>
    private static IResult? Echo(string? challenge)
    {
        if (challenge is not { Length: > 0 and <= MaxChallengeLength } || !IsPrintable(challenge))
        {
            return null;
        }

        return Results.Text(challenge, "text/plain", Encoding.UTF8);
    }

    private static string? QueryOf(HttpRequest request, string name) => request.Query[name] is [{ } value] ? value : null;

    private static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static bool IsPrintable(string text) => text.All(letter => letter is >= ' ' and <= '~');
}
