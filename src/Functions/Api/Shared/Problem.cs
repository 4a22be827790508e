using System.Text.Json.Serialization;
using Jobs.Domain.Ledger;
using Jobs.Functions.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Jobs.Functions.Api.Shared;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Field">The field's name, or a header's or parameter's.</param>
/// <param name="Message">The rule that it breaks.</param>
public sealed record FieldError(string Field, string Message);

/// <summary>
/// An error as RFC 9457 problem details, where a contract shows no error body of its own. <see cref="Code"/> is stable: clients decide on it,
/// people read <see cref="Detail"/>.
/// </summary>
public sealed record Problem(int Status, string Code, string Detail)
{
    /// <summary>The media type of problem details.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>The code says all that a type would.</summary>
    public string Type => "about:blank";

    /// <summary>The status in words.</summary>
    public string Title => ReasonPhrases.GetReasonPhrase(Status);

    /// <summary>What is wrong, field by field; absent for other problems.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>The tokens that the organisation has left, when they are too few; absent for other problems.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Balance { get; init; }

    /// <summary>The tokens that the call costs, when there are too few; absent for other problems.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Cost { get; init; }

    /// <summary>The id of the trace in which an operator finds what went wrong; absent where nothing is traced, and for what is the caller's own doing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>Seconds after which the same request may succeed; sent as a header.</summary>
    [JsonIgnore]
    public int? RetryAfter { get; init; }

    /// <summary>What stands in <c>WWW-Authenticate</c>; null for none.</summary>
    [JsonIgnore]
    public string? Challenge { get; init; }

    /// <summary>401: no valid API key.</summary>
    public static Problem Unauthorized { get; } =
        new(StatusCodes.Status401Unauthorized, "unauthorized", "Send a valid API key: 'Authorization: Bearer emb_live_…'.");

    /// <summary>401: a contract whose callers have bearer tokens was called without one.</summary>
    public static Problem TokenRequired { get; } =
        new(StatusCodes.Status401Unauthorized, "unauthorized", "Send a bearer token of your identity provider: 'Authorization: Bearer …'.") { Challenge = "Bearer" };

    /// <summary>401: the token is not one of ours to honour, or not any more.</summary>
    public static Problem InvalidToken { get; } =
        new(StatusCodes.Status401Unauthorized, "invalid_token", "The bearer token is malformed, has expired, or is not meant for this service. Get a new one of your identity provider.")
        { Challenge = "Bearer error=\"invalid_token\"" };

    /// <summary>403: only a user with the admin's role may do this.</summary>
    public static Problem AdminRoleRequired { get; } =
        new(StatusCodes.Status403Forbidden, "admin_required", "Only a user with the role of admins may do this.") { Challenge = "Bearer error=\"insufficient_scope\"" };

    /// <summary>503: the token's issuer is away, and its keys are not known here.</summary>
    public static Problem IssuerUnavailable { get; } =
        new(StatusCodes.Status503ServiceUnavailable, "issuer_unavailable", "Whether the bearer token is valid cannot be told now, because its issuer does not answer; nothing was done.") { RetryAfter = 5 };

    /// <summary>403: a browser's session came with a request that is not shown to be our page's.</summary>
    public static Problem ForeignRequest { get; } =
        new(StatusCodes.Status403Forbidden, "csrf", "This request does not come from the page of its session. Reload the page and try again.");

    /// <summary>500: our fault; the log has the rest.</summary>
    public static Problem Internal { get; } =
        new(StatusCodes.Status500InternalServerError, "internal_error", "Something went wrong on our side; try again.");

    /// <summary>503: our storage is away. Whether the request was done is not known, so this does not say that it was not.</summary>
    public static Problem StorageUnavailable { get; } =
        new(
            StatusCodes.Status503ServiceUnavailable,
            "storage_unavailable",
            "Our storage does not answer at the moment. What you asked for may have been done all the same; a POST can be repeated safely with the same Idempotency-Key.")
        { RetryAfter = 5 };

    /// <summary>400, with what is wrong field by field.</summary>
    public static Problem Invalid(params FieldError[] errors) =>
        new(StatusCodes.Status400BadRequest, "invalid_request", string.Join(" ", errors.Select(e => $"'{e.Field}' {e.Message}."))) { Errors = errors };

    /// <summary>402: a call that costs a token is refused when none is left.</summary>
    public static Problem InsufficientTokens { get; } =
        new(
            StatusCodes.Status402PaymentRequired,
            "insufficient_tokens",
            "This costs 1 token, and your organization has none left. See GET /v1/usage.")
        {
            Balance = 0,
            Cost = LedgerEntry.Cost,
        };

    /// <summary>402: a build is refused when what is left of the month's spending limit does not pay for its first call of a model.</summary>
    public static Problem SpendingLimitReached { get; } = new(StatusCodes.Status402PaymentRequired, "spending_limit_reached", SpendingLedger.MonthLimitReached);

    /// <summary>429: as much of the organisation's work is unfinished as may be.</summary>
    public static Problem TooMuchUnfinished { get; } =
        new(StatusCodes.Status429TooManyRequests, "too_much_unfinished", "Too much of your organization's work has not ended yet; try again when some of it has.")
        { RetryAfter = 5 };

    /// <summary>404. Another tenant's object is not told apart from one that does not exist.</summary>
    public static Problem NotFound(string what) => new(StatusCodes.Status404NotFound, $"{what}_not_found", $"There is no such {what}.");
}

/// <summary>Ends a request with a <see cref="Shared.Problem"/>. Thrown by the Api folder only.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    /// <summary>The answer.</summary>
    public Problem Problem { get; } = problem;
}
