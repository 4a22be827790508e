using DurableTask.Core;
using Jobs.Local.Durable;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Conformance.Suites;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteDurableConformance(AzuriteFixture azurite) : DurableConformance
{
    private IOrchestrationService? _service;

    private protected override async Task<(IOrchestrationService Service, IOrchestrationServiceClient Client)> CreateAsync()
    {
        var options = new AzureStorageHubOptions
        {
            Name = $"hub{Guid.NewGuid():N}"[..20],
            PartitionCount = 1,
            // Its default of thirty seconds is for an account that bills each question.
            MaxQueuePollingInterval = TimeSpan.FromMilliseconds(100),
        };
        (_service, var client) = AzureStorageHub.Create(azurite.ConnectionString, options, maxActivities: null, maxOrchestrators: null, NullLoggerFactory.Instance);
        await _service.CreateIfNotExistsAsync();
        return (_service, client);
    }

    private protected override Task DeleteAsync() => _service!.DeleteAsync();
}
