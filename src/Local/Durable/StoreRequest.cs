namespace Jobs.Local.Durable;

/// <summary>A client's request: who waits for it is told once it is durable, or that it failed.</summary>
/// <param name="apply">Runs the statements; its value is the result.</param>
/// <param name="committed">Acts on the result in memory, before who waits is told.</param>
internal sealed class StoreRequest<T>(Func<T> apply, Action<T>? committed = null) : StoreWrite
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _done.Task;

    public override void Apply() => _result = apply();

    public override void Committed()
    {
        committed?.Invoke(_result);
        _done.TrySetResult(_result);
    }

    public override void Failed(Exception reason) => _done.TrySetException(reason);
}
