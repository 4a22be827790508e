using System.Diagnostics;
using Jobs.Domain.Jobs;

namespace Jobs.Storage;

/// <summary>Which store keeps what a job builds.</summary>
public sealed class ResourceStores(WidgetStore widgets, AgentStore agents)
{
    /// <summary>The store of the resource that a job of this kind builds.</summary>
    public ResourceStore Of(JobKind kind) => kind switch
    {
        JobKind.WidgetBuild => widgets,
        JobKind.AgentBuild => agents,
        JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
    };
}
