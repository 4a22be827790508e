namespace Jobs.Eval.Judging;

/// <summary>What became of a case.</summary>
internal enum Outcome
{
    /// <summary>It was built and does what was asked for.</summary>
    Passed,

    /// <summary>It was built without a reservation, and a check failed.</summary>
    Wrong,

    /// <summary>The generator said that it cannot, in a failure or beside what it built instead.</summary>
    Refused,

    /// <summary>Nothing that can be used came of it: it does not compile, shows a blank page or an error, or was not done in time.</summary>
    Broken,
}

/// <summary>An outcome, and why in a sentence.</summary>
internal sealed record Verdict(Outcome Outcome, string Why);

/// <summary>A case that was judged.</summary>
/// <param name="Case">Its name.</param>
/// <param name="Kind"><c>widget</c> or <c>agent</c>.</param>
/// <param name="Generator">What the generator calls itself.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Took">From the request to the verdict.</param>
/// <param name="Notes">What was seen on the way.</param>
internal sealed record CaseResult(string Case, string Kind, string Generator, Verdict Verdict, TimeSpan Took, CaseNotes Notes);

/// <summary>What is seen of a case on the way to its verdict; what of it is there when the case runs out of time stays.</summary>
internal sealed class CaseNotes
{
    /// <summary>What the generator said of what it built; null until it did.</summary>
    public string? Said { get; set; }

    /// <summary>The numbers that the job says it used, for example tokens; empty when it says nothing.</summary>
    public Dictionary<string, double> Usage { get; } = [];
}
