using System.Text.Json;
using Jobs.Storage;

namespace Jobs.Functions.Work;

/// <summary>A type of work whose input is a record.</summary>
/// <typeparam name="TInput">The input. Every property may be null: which must be there is for <see cref="Check(TInput)"/>.</typeparam>
public abstract class JobHandler<TInput> : IJobHandler
    where TInput : class
{
    /// <inheritdoc/>
    public abstract string Type { get; }

    /// <inheritdoc/>
    public abstract JobContract Contract { get; }

    /// <inheritdoc/>
    public IReadOnlyList<InputError> Check(JsonElement input)
    {
        try
        {
            return [.. Check(Read(input))];
        }
        catch (JsonException error)
        {
            var field = error.Path is { Length: > 2 } path ? $"input.{path[2..]}" : "input";
            return [new InputError(field, "is not what it must be: look up this type's input in the documentation")];
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, CancellationToken cancellationToken) => PlanAsync(work, Read(work.Input), cancellationToken);

    /// <inheritdoc/>
    public Task<BatchOutcome> RunAsync(WorkContext work, PlannedBatch batch, CancellationToken cancellationToken) => RunAsync(work, Read(work.Input), batch, cancellationToken);

    /// <inheritdoc/>
    public abstract Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken);

    /// <summary>The rules that an input breaks.</summary>
    protected abstract IEnumerable<InputError> Check(TInput input);

    /// <inheritdoc cref="IJobHandler.PlanAsync"/>
    protected abstract Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, TInput input, CancellationToken cancellationToken);

    /// <inheritdoc cref="IJobHandler.RunAsync"/>
    protected abstract Task<BatchOutcome> RunAsync(WorkContext work, TInput input, PlannedBatch batch, CancellationToken cancellationToken);

    private static TInput Read(JsonElement input)
    {
        try
        {
            return input.Deserialize<TInput>(WorkJson.Options) ?? throw new JsonException("The input is null.");
        }
        catch (InvalidOperationException error)
        {
            // Half of a surrogate pair passes the parser and only fails here.
            throw new JsonException("The input is not valid Unicode text.", error);
        }
    }
}
