using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Jobs.Domain;
using Jobs.Domain.Identity;
using Jobs.Domain.Resources;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>What a creation answers: stored with the idempotency key, and sent again when the request is repeated.</summary>
public sealed record CreationResponse(int Status, object Body, string Location);

/// <summary>
/// The header <c>Idempotency-Key</c> on a POST that creates: the first request with a key claims it and does the work; a repetition gets the stored
/// answer; the same key with another body is 422; while the first is in flight, 409. A key is kept for <see cref="Retention"/>. A claim whose
/// request failed by a fault is taken over by the next, one whose request died after <see cref="ClaimLifetime"/>; both finish the same creation with the same ids.
/// </summary>
public sealed class IdempotentCreation(IdempotencyStore store, TimeProvider time)
{
    /// <summary>The header's name.</summary>
    public const string HeaderName = "Idempotency-Key";

    /// <summary>The most characters a key may have.</summary>
    public const int MaxKeyLength = 255;

    /// <summary>How long a key and its answer are kept.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    /// <summary>How long a claim without an answer is taken for a request in flight: longer than a creation takes whose every call waits as long as it may.</summary>
    public static readonly TimeSpan ClaimLifetime = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Runs <paramref name="create"/> once per key. Without the header it always runs. What has begun is finished although the caller hangs up: half a creation
    /// would keep its key and its widget busy for a while. Throws <see cref="ProblemException"/> (400, 409, 422). <paramref name="newJobId"/> issues the job's id, where the contract's is
    /// not of the form of <see cref="Ids.NewJobId"/>. Where there is no header, <paramref name="deliveryId"/> is what the sender marks a delivery with: its repetition gets the stored answer
    /// whatever its body is.
    /// </summary>
    public async Task<IResult> RunAsync(
        HttpRequest request,
        Caller caller,
        RequestBody body,
        Func<CreationIds, CancellationToken, Task<CreationResponse>> create,
        Func<DateTimeOffset, string>? newJobId = null,
        string? deliveryId = null) => Send(request, await CreateAsync(request, caller, body, create, newJobId, deliveryId));

    /// <summary>Whether a text can be a key: two headers may reach us as one value joined by a comma (RFC 9110, 5.3), so a key has none.</summary>
    public static bool IsKey(string text) => text.Length is > 0 and <= MaxKeyLength && text.All(letter => letter is >= ' ' and <= '~' and not ',');

    /// <summary>As <see cref="RunAsync"/>, for a caller that may send something else than the answer: this creation's, or the stored one.</summary>
    public async Task<CreationResponse> CreateAsync(
        HttpRequest request,
        Caller caller,
        RequestBody body,
        Func<CreationIds, CancellationToken, Task<CreationResponse>> create,
        Func<DateTimeOffset, string>? newJobId = null,
        string? deliveryId = null)
    {
        var untilDone = CancellationToken.None;
        var now = time.GetUtcNow();
        var ids = new CreationIds(Ids.NewResourceId(), (newJobId ?? Ids.NewJobId)(now), Ids.NewBuildId());
        var hasKey = request.Headers.TryGetValue(HeaderName, out var header);
        if (hasKey && (header is not [{ } given] || !IsKey(given)))
        {
            throw new ProblemException(Problem.Invalid(
                new FieldError(HeaderName, $"must be sent once and have 1 to {MaxKeyLength} printable ASCII characters without a comma")));
        }

        if (!hasKey && deliveryId is null)
        {
            return await create(ids, untilDone);
        }

        // No key has a line end, so none is a delivery.
        var key = hasKey ? header.ToString() : $"\n{deliveryId}";

        var wanted = new IdempotencyClaim
        {
            Id = Hash(Encoding.UTF8.GetBytes($"{caller.Tenant}\n{request.Method} {request.Path}\n{key}")),
            RequestHash = Hash(hasKey ? body.Bytes.Span : default),
            CreatedAt = now,
            ClaimedAt = now,
            Holder = Guid.NewGuid().ToString("n"),
            ResourceId = ids.ResourceId,
            JobId = ids.JobId,
            BuildId = ids.BuildId,
        };
        IdempotencyClaim claim;
        ETag etag;
        try
        {
            (claim, etag) = await ClaimAsync(wanted, untilDone);
        }
        catch (Exception error) when (error.IsStorageAway())
        {
            // Storage may have taken the claim and only its answer be lost.
            WhenNobodyWaits(() => LetGoAsync(wanted.Id, wanted.Holder));
            throw;
        }

        if (claim.Status is { } status)
        {
            return new CreationResponse(status, JsonSerializer.Deserialize<JsonElement>(claim.Body!), claim.Location!);
        }

        CreationResponse response;
        try
        {
            response = await create(new CreationIds(claim.ResourceId, claim.JobId, claim.BuildId), untilDone);
        }
        catch (ProblemException)
        {
            // Refused before anything was written: the key may be used again, also with another body.
            await SoonAsync(() => store.ReleaseAsync(claim.Id, etag, untilDone));
            throw;
        }
        catch (Exception)
        {
            // Some of it may be written, but nobody is at work on it any more: the next request with the key goes on at once, with the same ids.
            await SoonAsync(() => LetGoAsync(wanted.Id, wanted.Holder));
            throw;
        }

        await store.TryReplaceAsync(
            claim with { Status = response.Status, Body = JsonSerializer.Serialize(response.Body, ApiJson.Options), Location = response.Location },
            etag,
            untilDone);
        return response;
    }

    /// <summary>The claim that is now ours, or the finished one that somebody else made.</summary>
    private async Task<(IdempotencyClaim Claim, ETag ETag)> ClaimAsync(IdempotencyClaim wanted, CancellationToken cancellationToken)
    {
        if (await store.TryClaimAsync(wanted, cancellationToken) is { } inserted)
        {
            return (wanted, inserted);
        }

        if (await store.FindAsync(wanted.Id, cancellationToken) is not var (found, etag))
        {
            // Released between the two calls.
            throw InFlight();
        }

        var isOver = wanted.ClaimedAt - found.CreatedAt >= Retention;
        if (!isOver && found.RequestHash != wanted.RequestHash)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status422UnprocessableEntity,
                "idempotency_key_reused",
                "This Idempotency-Key was used with another body."));
        }

        // Where it is held by this very request, storage took the insert, but its answer was lost and it was sent again.
        if (!isOver && (found.Status is not null || found.Holder == wanted.Holder))
        {
            return (found, etag);
        }

        if (!isOver && wanted.ClaimedAt - found.ClaimedAt < ClaimLifetime)
        {
            throw InFlight();
        }

        var mine = isOver ? wanted : found with { ClaimedAt = wanted.ClaimedAt, Holder = wanted.Holder };
        if (await store.TryReplaceAsync(mine, etag, cancellationToken) is { } replaced)
        {
            return (mine, replaced);
        }

        // Somebody was first: another request, or likewise this one.
        return await store.FindAsync(wanted.Id, cancellationToken) is var (first, its) && first.Holder == wanted.Holder ? (first, its) : throw InFlight();
    }

    /// <summary>Ends the claim of a request that made or took one over, if it is there and has no answer.</summary>
    private async Task LetGoAsync(string id, string holder)
    {
        if (await store.FindAsync(id, CancellationToken.None) is var (found, etag) && found.Status is null && found.Holder == holder)
        {
            await store.TryReplaceAsync(found with { ClaimedAt = found.ClaimedAt - ClaimLifetime }, etag, CancellationToken.None);
        }
    }

    /// <summary>What the creation met is what its caller gets, and soon: what storage does not take now is tried for longer when nobody waits any more.</summary>
    private static async Task SoonAsync(Func<Task> letGo)
    {
        try
        {
            await letGo();
        }
        catch (Exception error) when (error.IsStorageAway())
        {
            WhenNobodyWaits(letGo);
        }
    }

    private static void WhenNobodyWaits(Func<Task> letGo)
    {
        // What flows with a request says that its caller waits.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(async () =>
            {
                try
                {
                    await letGo();
                }
                catch (Exception error) when (error.IsStorageAway())
                {
                    // A claim that is not let go ends by itself.
                }
            });
        }
    }

    /// <summary>Sends a creation's answer.</summary>
    public static IResult Send(HttpRequest request, CreationResponse response)
    {
        request.HttpContext.Response.Headers.Location = response.Location;
        return ApiJson.Result(response.Body, response.Status);
    }

    private static ProblemException InFlight() => new(new Problem(
        StatusCodes.Status409Conflict,
        "idempotency_key_in_flight",
        "The first request with this Idempotency-Key has not been answered yet.")
    { RetryAfter = 1 });

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
