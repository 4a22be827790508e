namespace Jobs.Domain.Ledger;

/// <summary>What an organisation's calls of models cost in one calendar month (UTC), in millionths of the currency of the prices. Neither is ever negative.</summary>
/// <param name="Month">The month, as <see cref="LedgerBalance.MonthOf"/> writes it.</param>
/// <param name="Spent">What calls that are over have cost.</param>
/// <param name="Reserved">The most that calls under way can cost.</param>
public sealed record MonthSpending(string Month, long Spent = 0, long Reserved = 0);
