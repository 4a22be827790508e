using System.Text.Json;
using Jobs.Storage;

namespace Jobs.Functions.Work;

/// <summary>A rule of a type's input that is broken.</summary>
/// <param name="Field">The field, as <c>input.format</c>.</param>
/// <param name="Message">What is wrong, as the rest of a sentence that the field begins.</param>
public sealed record InputError(string Field, string Message);

/// <summary>A batch of work: what one activity does.</summary>
/// <param name="Ref">The artifact that holds its items.</param>
/// <param name="Items">How many there are.</param>
public sealed record PlannedBatch(string Ref, int Items);

/// <summary>What came of a batch.</summary>
/// <param name="Counts">How many of its items came out how, in the type's own words.</param>
/// <param name="Results">The results, each an object as the type documents it.</param>
/// <param name="Errors">The errors, likewise: one bad item does not fail its batch.</param>
public sealed record BatchOutcome(IReadOnlyDictionary<string, int> Counts, IReadOnlyList<object> Results, IReadOnlyList<object> Errors);

/// <summary>How work ends when every batch is done: with a result, or without one because nothing of it came out.</summary>
/// <param name="Result">The result, an object of at most <see cref="WorkLimits.MaxResultBytes"/> bytes as JSON: the job of a larger one fails. Null when it failed.</param>
/// <param name="Error">Why it failed, in a sentence for the caller; null when it did not.</param>
public sealed record WorkEnd(object? Result, string? Error = null);

/// <summary>Which contract a type of work belongs to: only its callers can ask for it.</summary>
public enum JobContract
{
    /// <summary>Contract 003: jobs of a user.</summary>
    Analysis,

    /// <summary>Contract 004: jobs of an organisation.</summary>
    Platform,
}

/// <summary>
/// A type of work. Each member may be called more than once for the same thing, on any host, and batches side by side: what it does must come out the same. What another attempt may
/// mend is thrown as <see cref="WorkException"/>.
/// </summary>
public interface IJobHandler
{
    /// <summary>The type, as its contract calls it.</summary>
    string Type { get; }

    /// <summary>The contract that has this type.</summary>
    JobContract Contract { get; }

    /// <summary>The rules that an input breaks; none for a good one.</summary>
    IReadOnlyList<InputError> Check(JsonElement input);

    /// <summary>Finds out what there is to do, and cuts it into at most <see cref="WorkLimits.MaxBatches"/> batches.</summary>
    Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, CancellationToken cancellationToken);

    /// <summary>Does one batch.</summary>
    Task<BatchOutcome> RunAsync(WorkContext work, PlannedBatch batch, CancellationToken cancellationToken);

    /// <summary>Makes the result of what came of the batches.</summary>
    Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken);
}

/// <summary>A part of work failed. The message is for the caller.</summary>
public sealed class WorkException(string message, bool isTransient) : Exception(message)
{
    /// <summary>True when another attempt may mend it.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>How long to wait before another attempt at least; null when nobody said.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
