using DurableTask.AzureStorage;
using DurableTask.Core;

namespace Jobs.Conformance.Suites;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteDurableConformance(AzuriteFixture azurite) : DurableConformance
{
    private AzureStorageOrchestrationService? _service;

    private protected override async Task<(IOrchestrationService Service, IOrchestrationServiceClient Client)> CreateAsync()
    {
        _service = new AzureStorageOrchestrationService(new AzureStorageOrchestrationServiceSettings
        {
            StorageAccountClientProvider = new StorageAccountClientProvider(azurite.ConnectionString),
            TaskHubName = $"hub{Guid.NewGuid():N}"[..20],
            PartitionCount = 1,
            UseAppLease = false,
            // As the Functions host sets it.
            ThrowExceptionOnInvalidDedupeStatus = true,
            // Its default of thirty seconds is for an account that bills each question.
            MaxQueuePollingInterval = TimeSpan.FromMilliseconds(100),
        });
        await _service.CreateIfNotExistsAsync();
        return (_service, _service);
    }

    private protected override Task DeleteAsync() => _service!.DeleteAsync();
}
