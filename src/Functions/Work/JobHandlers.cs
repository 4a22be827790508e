namespace Jobs.Functions.Work;

/// <summary>The types of work that there are, each with its handler.</summary>
public sealed class JobHandlers(IEnumerable<IJobHandler> handlers)
{
    private readonly Dictionary<string, IJobHandler> _handlers = handlers.ToDictionary(handler => handler.Type, StringComparer.Ordinal);

    /// <summary>Their names, in order.</summary>
    public IEnumerable<string> Names => _handlers.Keys.Order(StringComparer.Ordinal);

    /// <summary>The handler of a type; null when there is no such type.</summary>
    public IJobHandler? Find(string type) => _handlers.GetValueOrDefault(type);

    /// <summary>The handler of a job's type. Throws <see cref="InvalidOperationException"/> when it is gone: the job was created by a version of the app that had it.</summary>
    public IJobHandler Of(string type) => Find(type) ?? throw new InvalidOperationException($"There is no job type {type} any more.");
}
