using System.Diagnostics.Metrics;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jobs.Storage;

/// <summary>The storage account of our own rows and artifacts (Durable has another), as <see cref="StorageAccountOptions"/> name it.</summary>
public sealed class StorageAccount
{
    /// <summary>The container of all artifacts.</summary>
    public const string ArtifactsContainer = "artifacts";

    private readonly TableServiceClient _tables;
    private readonly BlobServiceClient _blobs;

    /// <summary>
    /// Reads <see cref="StorageAccountOptions"/>; throws <see cref="OptionsValidationException"/> where they are of no use. A host that answers for the account within the process registers the
    /// <paramref name="transport"/> to itself; in Azure there is none.
    /// </summary>
    public StorageAccount(IConfiguration configuration, HttpPipelineTransport? transport = null, IMeterFactory? meters = null)
    {
        var settings = StorageAccountOptions.Read(configuration);
        var tableOptions = new TableClientOptions().Configure(transport);
        var blobOptions = new BlobClientOptions().Configure(transport);
        TransactionCounter.AddTo(tableOptions, meters, isTable: true);
        TransactionCounter.AddTo(blobOptions, meters, isTable: false);
        if (settings.IsByConnectionString)
        {
            try
            {
                _tables = new TableServiceClient(settings.ConnectionString, tableOptions);
                _blobs = new BlobServiceClient(settings.ConnectionString, blobOptions);
            }
            catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
            {
                // What the clients say may show the key.
                throw new OptionsValidationException(
                    StorageAccountOptions.Section, typeof(StorageAccountOptions), [$"The setting {StorageAccountOptions.Section} is not a connection string of a storage account."]);
            }
        }
        else
        {
            var (credential, addresses) = (settings.NewCredential(), settings.Addresses);
            _tables = new TableServiceClient(addresses.Tables, credential, tableOptions);
            _blobs = new BlobServiceClient(addresses.Blobs, credential, blobOptions);
        }

        Jobs = _tables.GetTableClient("Jobs");
        JobLists = _tables.GetTableClient("JobLists");
        WorkBatches = _tables.GetTableClient("WorkBatches");
        Documents = _tables.GetTableClient("Documents");
        Uploads = _tables.GetTableClient("Uploads");
        Embeddings = _tables.GetTableClient("Embeddings");
        Sweep = _tables.GetTableClient("Sweep");
        Widgets = _tables.GetTableClient("Widgets");
        Agents = _tables.GetTableClient("Agents");
        Secrets = _tables.GetTableClient("Secrets");
        Runs = _tables.GetTableClient("Runs");
        Schedules = _tables.GetTableClient("Schedules");
        Webhooks = _tables.GetTableClient("Webhooks");
        Repositories = _tables.GetTableClient("Repositories");
        RepositoryBranches = _tables.GetTableClient("RepositoryBranches");
        WebhookDeliveries = _tables.GetTableClient("WebhookDeliveries");
        PublishedWidgets = _tables.GetTableClient("PublishedWidgets");
        ApiKeys = _tables.GetTableClient("ApiKeys");
        Idempotency = _tables.GetTableClient("Idempotency");
        Ledger = _tables.GetTableClient("Ledger");
        Artifacts = _blobs.GetBlobContainerClient(ArtifactsContainer);
    }

    /// <summary>Status rows and event logs of jobs: <see cref="JobStore"/>.</summary>
    public TableClient Jobs { get; }

    /// <summary>Which work an organisation has asked for: <see cref="JobListStore"/>.</summary>
    public TableClient JobLists { get; }

    /// <summary>What is done of work: <see cref="WorkBatchStore"/>.</summary>
    public TableClient WorkBatches { get; }

    /// <summary>The documents that organisations keep: <see cref="DocumentStore"/>.</summary>
    public TableClient Documents { get; }

    /// <summary>When files that were sent ahead were last used: <see cref="UploadStore"/>.</summary>
    public TableClient Uploads { get; }

    /// <summary>Which of their documents have vectors: <see cref="EmbeddingStore"/>.</summary>
    public TableClient Embeddings { get; }

    /// <summary>Work that must not be forgotten: <see cref="SweepList"/>.</summary>
    public TableClient Sweep { get; }

    /// <summary>Widgets, their list and their conversations: <see cref="WidgetStore"/>.</summary>
    public TableClient Widgets { get; }

    /// <summary>Agents, their list and their conversations: <see cref="AgentStore"/>.</summary>
    public TableClient Agents { get; }

    /// <summary>Sealed secrets of agents: <see cref="SecretStore"/>.</summary>
    public TableClient Secrets { get; }

    /// <summary>Runs of agents: <see cref="RunStore"/>.</summary>
    public TableClient Runs { get; }

    /// <summary>When agents run next: <see cref="ScheduleStore"/>.</summary>
    public TableClient Schedules { get; }

    /// <summary>Hashes of webhooks' tokens: <see cref="WebhookStore"/>.</summary>
    public TableClient Webhooks { get; }

    /// <summary>Repositories that organisations have registered: <see cref="RepositoryStore"/>.</summary>
    public TableClient Repositories { get; }

    /// <summary>Which job is on a branch: <see cref="RepositoryBranchStore"/>.</summary>
    public TableClient RepositoryBranches { get; }

    /// <summary>What a forge has sent us already: <see cref="WebhookDeliveryStore"/>.</summary>
    public TableClient WebhookDeliveries { get; }

    /// <summary>What is served to the public: <see cref="PublishedWidgetStore"/>.</summary>
    public TableClient PublishedWidgets { get; }

    /// <summary>Hashes of API keys: <see cref="ApiKeyStore"/>.</summary>
    public TableClient ApiKeys { get; }

    /// <summary>Claimed idempotency keys: <see cref="IdempotencyStore"/>.</summary>
    public TableClient Idempotency { get; }

    /// <summary>The organisations' tokens: <see cref="LedgerStore"/>.</summary>
    public TableClient Ledger { get; }

    /// <summary>Prompts, sources and bundles: <see cref="ArtifactStore"/>.</summary>
    public BlobContainerClient Artifacts { get; }

    /// <summary>Creates what is missing.</summary>
    public async Task CreateIfNotExistsAsync(CancellationToken cancellationToken)
    {
        foreach (var table in new[] { Jobs, JobLists, WorkBatches, Documents, Uploads, Embeddings, Sweep, Widgets, Agents, Secrets, Runs, Schedules, Webhooks, Repositories, RepositoryBranches, WebhookDeliveries, PublishedWidgets, ApiKeys, Idempotency, Ledger })
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
        }

        await Artifacts.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }
}
