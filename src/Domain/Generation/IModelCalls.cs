namespace Jobs.Domain.Generation;

/// <summary>
/// Lets a generator's calls of a model in: one at a time, only when it is the organisation's turn, and only when the most that it can cost is there.
/// </summary>
public interface IModelCalls
{
    /// <summary>Lets every call in, and counts none.</summary>
    static IModelCalls Unlimited { get; } = new UnlimitedModelCalls();

    /// <summary>
    /// Must come before a call, which is over when what it gives is disposed of. Throws <see cref="WorkbenchBusyException"/> when there is no place or the money is held for others,
    /// and <see cref="GenerationException"/> when a limit of cost is reached.
    /// </summary>
    /// <param name="most">The most that the call can take.</param>
    /// <param name="cancellationToken">Gives up waiting for storage.</param>
    Task<IModelCall> BeginAsync(ModelUsage most, CancellationToken cancellationToken);
}

/// <summary>A call of a model that is under way. Of one that neither answered nor failed, because it was broken off, nobody knows what it cost: it costs the most that it could.</summary>
public interface IModelCall : IAsyncDisposable
{
    /// <summary>The model answered, and took this for it.</summary>
    Task AnsweredAsync(ModelUsage used);

    /// <summary>There is no answer. <paramref name="mayCost"/> where the provider may have worked at one: then it costs the most that it could, and otherwise nothing.</summary>
    Task FailedAsync(bool mayCost);
}

internal sealed class UnlimitedModelCalls : IModelCalls, IModelCall
{
    public Task<IModelCall> BeginAsync(ModelUsage most, CancellationToken cancellationToken) => Task.FromResult<IModelCall>(this);

    public Task AnsweredAsync(ModelUsage used) => Task.CompletedTask;

    public Task FailedAsync(bool mayCost) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
