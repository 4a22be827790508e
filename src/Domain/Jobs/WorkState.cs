namespace Jobs.Domain.Jobs;

/// <summary>What a job does that is work of a type: documents in, documents out, and the like. A build has none.</summary>
/// <param name="Type">The type, as its contract calls it.</param>
/// <param name="OriginalJobId">The job that it repeats; null for one that repeats none.</param>
/// <param name="PlanRef">The artifact that says what there is to do, in batches; null until that is known.</param>
/// <param name="Known">How many items there are to do, as far as is known.</param>
/// <param name="Done">How many items are done, those with an error included.</param>
/// <param name="Errors">How many of them have an error.</param>
/// <param name="Progress">0 to 100, for the caller's eyes: it never goes back, and is 100 only once the job has succeeded.</param>
/// <param name="Result">What came of it, as a JSON object of at most <see cref="MaxResultLength"/> characters; null until it has succeeded, and where it is larger.</param>
/// <param name="ResultRef">The artifact that holds a larger result; null otherwise.</param>
public sealed record WorkState(
    string Type,
    string? OriginalJobId = null,
    string? PlanRef = null,
    int Known = 0,
    int Done = 0,
    int Errors = 0,
    int Progress = 0,
    string? Result = null,
    string? ResultRef = null)
{
    /// <summary>The most characters of a result that the status row itself holds, so that it stays far below 32 KB: what is larger is an artifact.</summary>
    public const int MaxResultLength = 4_000;

    /// <summary>The most progress that work shows before its end.</summary>
    public const int MaxProgress = 99;

    /// <summary>The state with so many items done, of which so many have an error.</summary>
    internal WorkState With(int done, int errors) => this with
    {
        Done = done,
        Errors = errors,
        Progress = Math.Max(Progress, Known == 0 ? 0 : (int)Math.Min(MaxProgress, 100L * done / Known)),
    };
}
