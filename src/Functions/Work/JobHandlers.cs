namespace Jobs.Functions.Work;

/// <summary>The types of work that there are, each with its handler.</summary>
public sealed class JobHandlers(IEnumerable<IJobHandler> handlers)
{
    private readonly Dictionary<string, IJobHandler> _handlers = handlers.ToDictionary(handler => handler.Type, StringComparer.Ordinal);

    /// <summary>The names of a contract's types, in order.</summary>
    public IEnumerable<string> NamesOf(JobContract contract) =>
        _handlers.Values.Where(handler => handler.Contract == contract).Select(handler => handler.Type).Order(StringComparer.Ordinal);

    /// <summary>The handler of a contract's type; null when the contract has no such type.</summary>
    public IJobHandler? Find(JobContract contract, string type) => _handlers.GetValueOrDefault(type) is { } handler && handler.Contract == contract ? handler : null;

    /// <summary>The handler of a job's type. Throws <see cref="InvalidOperationException"/> when it is gone: the job was created by a version of the app that had it.</summary>
    public IJobHandler Of(string type) => _handlers.GetValueOrDefault(type) ?? throw new InvalidOperationException($"There is no job type {type} any more.");
}
