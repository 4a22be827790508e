using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Storage;

/// <summary>Registers the account, its stores and what is done with them at start.</summary>
public static class StorageServices
{
    /// <summary>Adds all of them. Needs a configuration.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddOptions<InitialKeyOptions>()
            .BindConfiguration(InitialKeyOptions.Section)
            // The value is not shown: it may be a key with one wrong character.
            .Validate(options => options.HasValidKey, $"The setting {InitialKeyOptions.Section}:{nameof(InitialKeyOptions.InitialApiKey)} is not a well-formed API key.")
            .Validate(
                options => options.HasValidTenant,
                $"The setting {InitialKeyOptions.Section}:{nameof(InitialKeyOptions.InitialTenant)} must have 1 to {InitialKeyOptions.MaxTenantLength} characters, no blank at its ends and none of / \\ # ? | %.")
            .ValidateOnStart();
        return services
            .AddSingleton<StorageAccount>()
            .AddSingleton<StorageProbe>()
            .AddSingleton<JobStore>()
            .AddSingleton<JobListStore>()
            .AddSingleton<WorkBatchStore>()
            .AddSingleton<DocumentStore>()
            .AddSingleton<UploadStore>()
            .AddSingleton<EmbeddingStore>()
            .AddSingleton<SettledJobs>()
            .AddSingleton<SweepList>()
            .AddSingleton<WidgetStore>()
            .AddSingleton<AgentStore>()
            .AddSingleton<RunStore>()
            .AddSingleton<ScheduleStore>()
            .AddSingleton<WebhookStore>()
            .AddSingleton<RepositoryStore>()
            .AddSingleton<RepositoryBranchStore>()
            .AddSingleton<WebhookDeliveryStore>()
            .AddSingleton<SecretStore>()
            .AddSingleton<PublishedWidgetStore>()
            .AddSingleton<ApiKeyStore>()
            .AddSingleton<IdempotencyStore>()
            .AddSingleton<LedgerStore>()
            .AddSingleton<SpendingStore>()
            .AddSingleton<ArtifactStore>()
            .AddHostedService<StorageStartup>();
    }
}
