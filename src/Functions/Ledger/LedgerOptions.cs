namespace Jobs.Functions.Ledger;

/// <summary>The settings of the ledger, below <see cref="Section"/>.</summary>
public sealed class LedgerOptions
{
    /// <summary>What the settings' names begin with.</summary>
    public const string Section = "Jobs";

    /// <summary>The most tokens that a month may bring.</summary>
    public const long MaxTokensPerMonth = 1_000_000_000;

    /// <summary>
    /// The tokens that each organisation gets in each calendar month (UTC) in which it does anything, 0 to <see cref="MaxTokensPerMonth"/>; what is left of them stays.
    /// A change counts from the next month on, for an organisation that has had this month's.
    /// </summary>
    public long TokensPerMonth { get; set; } = 1_000;

    /// <summary>The most that <see cref="MaxUnfinished"/> may be.</summary>
    public const int HighestMaxUnfinished = 100_000;

    /// <summary>
    /// How much unfinished work an organisation may have when it asks for another run, 1 to <see cref="HighestMaxUnfinished"/>: runs that wait or are executed, and builds of agents.
    /// </summary>
    public int MaxUnfinished { get; set; } = 200;
}
