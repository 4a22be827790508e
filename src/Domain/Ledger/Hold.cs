namespace Jobs.Domain.Ledger;

/// <summary>Where a reserved token is.</summary>
public enum HoldState
{
    /// <summary>The work has not ended.</summary>
    Held,

    /// <summary>The work used it.</summary>
    Settled,

    /// <summary>It was given back.</summary>
    Released,
}

/// <summary>The token that was reserved for one piece of work.</summary>
/// <param name="Reference">The work's id.</param>
/// <param name="State">Where the token is.</param>
/// <param name="What">The work in words.</param>
public sealed record Hold(string Reference, HoldState State, string What);
