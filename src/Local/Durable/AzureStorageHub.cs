using DurableTask.AzureStorage;
using DurableTask.Core;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>Durable's hub in a storage account, by the provider that serves the app in Azure and with host.json's settings for it.</summary>
internal static class AzureStorageHub
{
    /// <summary>The provider, as its dispatchers and its clients see it.</summary>
    public static (IOrchestrationService Service, IOrchestrationServiceClient Client) Create(
        string account, AzureStorageHubOptions options, int? maxActivities, int? maxOrchestrators, ILoggerFactory loggers)
    {
        var settings = new AzureStorageOrchestrationServiceSettings
        {
            StorageAccountClientProvider = new StorageAccountClientProvider(account),
            LoggerFactory = loggers,
            // As the Functions extension sets them.
            UseTablePartitionManagement = true,
            ThrowExceptionOnInvalidDedupeStatus = true,
        };
        settings.TaskHubName = options.Name ?? settings.TaskHubName;
        settings.PartitionCount = options.PartitionCount ?? settings.PartitionCount;
        settings.MaxQueuePollingInterval = options.MaxQueuePollingInterval ?? settings.MaxQueuePollingInterval;
        settings.ControlQueueVisibilityTimeout = options.ControlQueueVisibilityTimeout ?? settings.ControlQueueVisibilityTimeout;
        settings.WorkItemQueueVisibilityTimeout = options.WorkItemQueueVisibilityTimeout ?? settings.WorkItemQueueVisibilityTimeout;
        settings.MaxConcurrentTaskActivityWorkItems = maxActivities ?? settings.MaxConcurrentTaskActivityWorkItems;
        settings.MaxConcurrentTaskOrchestrationWorkItems = maxOrchestrators ?? settings.MaxConcurrentTaskOrchestrationWorkItems;
        var service = new AzureStorageOrchestrationService(settings);
        return (service, service);
    }
}
