using DurableTask.Core;
using Jobs.Local.Durable;

namespace Jobs.Conformance.Suites;

public sealed class EmbeddedDurableConformance : DurableConformance
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jobs-durable-");

    private protected override Task<(IOrchestrationService Service, IOrchestrationServiceClient Client)> CreateAsync()
    {
        var engine = new EmbeddedEngine(new EmbeddedEngineOptions { StorePath = Path.Combine(_folder.FullName, "durable.db") });
        return Task.FromResult<(IOrchestrationService, IOrchestrationServiceClient)>((engine.Service, engine.Client));
    }

    private protected override Task DeleteAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
