using DurableTask.Core;

namespace Jobs.Local.Durable;

/// <summary>Where DurableTask looks up what it runs. Names are compared as the Functions host does, regardless of case; there are no versions.</summary>
internal sealed class NamedObjects<T>(Func<string, T?> find) : INameVersionObjectManager<T>
    where T : class
{
    public void Add(ObjectCreator<T> creator) => throw new NotSupportedException("What the worker runs is given to it when it is made.");

    public T? GetObject(string name, string? version) => find(name);
}
