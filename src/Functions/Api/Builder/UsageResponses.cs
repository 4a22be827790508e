using System.Globalization;
using System.Text.Json.Serialization;
using Jobs.Domain.Identity;
using Jobs.Domain.Ledger;
using Jobs.Functions.Ledger;

namespace Jobs.Functions.Api.Builder;

/// <summary>The caller's organisation's tokens, and what moved them, newest first.</summary>
/// <param name="OrganizationId">The organisation.</param>
/// <param name="Tokens">What it has.</param>
/// <param name="Entries">One page of movements; the amounts of all pages add up to the balance.</param>
/// <param name="Next">The value of the parameter <c>before</c> for the page after this one; null on the last.</param>
/// <param name="Spending">What its calls of models cost in this month; absent unless asked for.</param>
public sealed record UsageResponse(
    string OrganizationId,
    UsageTokens Tokens,
    IReadOnlyList<UsageEntry> Entries,
    string? Next,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UsageSpending? Spending);

/// <summary>What an organisation's calls of models cost in a month, in the currency of the prices.</summary>
/// <param name="Month">The month, <c>yyyy-MM</c> in UTC.</param>
/// <param name="Spent">What those cost that are over.</param>
/// <param name="Reserved">The most that those under way can cost.</param>
/// <param name="Limit">The most that both together may be; null for no limit.</param>
public sealed record UsageSpending(string Month, decimal Spent, decimal Reserved, decimal? Limit);

/// <summary>What an organisation has: <c>granted = balance + reserved + spent</c>.</summary>
/// <param name="Balance">Tokens that can be used.</param>
/// <param name="Reserved">Tokens that work under way holds.</param>
/// <param name="Spent">Tokens that were used.</param>
/// <param name="Granted">Tokens that were ever granted.</param>
public sealed record UsageTokens(long Balance, long Reserved, long Spent, long Granted);

/// <summary>One movement.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Kind"><c>grant</c>, <c>reserve</c>, <c>settle</c> or <c>release</c>.</param>
/// <param name="Amount">What it added to the balance.</param>
/// <param name="Reference">The id of the job, run or agent that it is about; null for a grant.</param>
/// <param name="Description">The same in words.</param>
public sealed record UsageEntry(DateTimeOffset At, string Kind, long Amount, string? Reference, string Description);

/// <summary>Maps the ledger to its shape.</summary>
public static class UsageResponses
{
    /// <summary>What an organisation has, with a page of movements.</summary>
    public static UsageResponse ToResponse(Caller caller, Usage usage, MonthSpending? spending, long? limit) => new(
        caller.Tenant,
        new UsageTokens(usage.Balance.Balance, usage.Balance.Reserved, usage.Balance.Spent, usage.Balance.Granted),
        [.. usage.Entries.Select(entry => new UsageEntry(entry.At, WordOf(entry.Kind), entry.Amount, entry.Reference, entry.What))],
        usage.Next?.ToString(CultureInfo.InvariantCulture),
        spending is null
            ? null
            : new UsageSpending(spending.Month, Money.ToAmount(spending.Spent), Money.ToAmount(spending.Reserved), limit is { } most ? Money.ToAmount(most) : null));

    /// <summary>The place that <c>next</c> names; null for anything else.</summary>
    public static long? ParsePlace(string place) =>
        long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 ? number : null;

    private static string WordOf(LedgerEntryKind kind) => kind switch
    {
        LedgerEntryKind.Grant => "grant",
        LedgerEntryKind.Reserve => "reserve",
        LedgerEntryKind.Settle => "settle",
        LedgerEntryKind.Release => "release",
    };
}
