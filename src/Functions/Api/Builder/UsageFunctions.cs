using Jobs.Functions.Api.Shared;
using Jobs.Functions.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Builder;

/// <summary>What the caller's organisation has used.</summary>
public sealed class UsageFunctions(BuilderEndpoint endpoint, TokenLedger ledger, SpendingLedger spending)
{
    /// <summary>The most entries on one page.</summary>
    public const int MaxEntries = 100;

    /// <summary>The entries on a page when no limit is given.</summary>
    public const int DefaultEntries = 20;

    /// <summary>
    /// The organisation's tokens, with one page of movements: the latest, or those before the place that <c>before</c> names. With <c>?include=spending</c> also what its calls
    /// of models cost in this month.
    /// </summary>
    [Function("GetUsage")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/usage")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var (limit, before) = Cursor.Read(request, DefaultEntries, MaxEntries, UsageResponses.ParsePlace, "must be the next of an earlier page");
            var spent = Include.Read(request, "spending") ? await spending.ReadAsync(caller.Tenant, cancellationToken) : null;
            return ApiJson.Result(UsageResponses.ToResponse(caller, await ledger.ReadAsync(caller.Tenant, before, limit, cancellationToken), spent, spending.Limits.Month));
        });
}
