using Jobs.Documents.Embedding;
using Jobs.Domain.Generation;
using Jobs.Domain.Repositories;
using Jobs.Execution.Checks;
using Jobs.Execution.Compilation;
using Jobs.Execution.Egress;
using Jobs.Execution.Reading;
using Jobs.Execution.Sandbox;
using Jobs.Functions.Activities;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Analysis;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Api.Platform;
using Jobs.Functions.Api.Repository;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Capacity;
using Jobs.Functions.Documents;
using Jobs.Functions.Health;
using Jobs.Functions.Identity;
using Jobs.Functions.Jobs;
using Jobs.Functions.JobTypes.AiPreview;
using Jobs.Functions.JobTypes.Analysis;
using Jobs.Functions.JobTypes.BatchEmbedding;
using Jobs.Functions.JobTypes.DocumentProcessing;
using Jobs.Functions.JobTypes.Export;
using Jobs.Functions.JobTypes.GapDetection;
using Jobs.Functions.JobTypes.Import;
using Jobs.Functions.JobTypes.ParseDocument;
using Jobs.Functions.JobTypes.ReportGeneration;
using Jobs.Functions.JobTypes.RiskAnalysis;
using Jobs.Functions.JobTypes.WebCrawling;
using Jobs.Functions.Ledger;
using Jobs.Functions.Repositories;
using Jobs.Functions.Runs;
using Jobs.Functions.Secrets;
using Jobs.Functions.Telemetry;
using Jobs.Functions.Triggers;
using Jobs.Functions.Widgets;
using Jobs.Functions.Work;
using Jobs.Functions.Workspace;
using Jobs.Generation.Ai;
using Jobs.Generation.Ai.Repositories;
using Jobs.Generation.Ai.Writing;
using Jobs.Generation.Offline.Agents;
using Jobs.Generation.Offline.Repositories;
using Jobs.Generation.Offline.Widgets;
using Jobs.Repositories;
using Jobs.Repositories.GitHub;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions;

/// <summary>The contents page: what the app is made of, in the order in which a request meets it.</summary>
public static class Program
{
    /// <summary>Runs the app on the Functions host until that stops it.</summary>
    public static Task Main(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        // The worker writes each exception that leaves a function and then gives it to the host, which writes it once more, with the function's name. Once is enough.
        builder.Logging.AddFilter("Microsoft.Azure.Functions.Worker.FunctionsApplication", LogLevel.None);
        builder.AddJobsApp();
        builder.ShareWithHost();
        return builder.Build().RunAsync();
    }

    /// <summary>Registers the app, whatever host runs its functions: the Functions host here, the local host on one machine.</summary>
    public static void AddJobsApp(this IHostApplicationBuilder builder)
    {
        // ASP.NET Core writes half a dozen lines for a request, and the worker sends each to the host: more than a poll is worth.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        builder.AddTelemetry();

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services
            .AddAuthentication()
            .AddIdentity()
            .AddPublicAddress()
            .AddBuilderApi()
            .AddAnalysisApi()
            .AddPlatformApi()
            .AddRepositoryApi()
            .AddWorkspace()
            .AddBuilds()
            .AddRuns()
            .AddJobs()
            .AddWork()
            .AddRepositoryJobs()
            .AddDocuments()
            .AddCapacity()
            .AddLedger()
            .AddGeneration()
            .AddAi()
            .AddCompilation()
            .AddEgress()
            .AddSecrets()
            .AddSandbox()
            .AddStorage()
            .AddHealth(builder.Configuration);
    }

    private static IServiceCollection AddAuthentication(this IServiceCollection services) => services
        .AddSingleton<ApiKeyAuthenticator>()
        .AddSingleton<TokenAuthenticator>()
        .AddSingleton<SessionAuthenticator>()
        .AddSingleton<BrowserSession>();

    private static IServiceCollection AddPublicAddress(this IServiceCollection services) => services
        .AddOptions<PublicAddressOptions>()
        .BindConfiguration(PublicAddressOptions.Section)
        .Validate(
            options => options.IsValid,
            $"The setting {PublicAddressOptions.Section}:{nameof(PublicAddressOptions.PublicUrl)} must be an address that begins with https:// or http:// and has no user, query or fragment.")
        .ValidateOnStart()
        .Services;

    private static IServiceCollection AddBuilderApi(this IServiceCollection services) => services
        .AddSingleton<BuilderEndpoint>()
        .AddSingleton<ResourceEndpoint>()
        .AddSingleton<RunEndpoint>()
        .AddSingleton<IdempotentCreation>();

    private static IServiceCollection AddAnalysisApi(this IServiceCollection services) => services
        .AddSingleton<AnalysisEndpoint>();

    private static IServiceCollection AddPlatformApi(this IServiceCollection services) => services
        .AddSingleton<PlatformEndpoint>();

    private static IServiceCollection AddRepositoryApi(this IServiceCollection services) => services
        .AddSingleton<RepositoryEndpoint>()
        .AddSingleton<RepositoryStatusEndpoint>()
        .AddSingleton<RepositoryCalls>();

    private static IServiceCollection AddWorkspace(this IServiceCollection services) => services
        .AddSingleton<WorkspaceAssets>()
        .AddSingleton<WorkspacePage>();

    private static IServiceCollection AddBuilds(this IServiceCollection services) => services
        .AddSingleton<WidgetService>()
        .AddSingleton<AgentService>()
        .AddSingleton<ResourceStores>()
        .AddSingleton<JobJournal>()
        .AddSingleton<ResourceTokens>()
        .AddSingleton<StepFence>()
        .AddSingleton<StepTelemetry>()
        .AddSingleton<TurnRecords>();

    private static IServiceCollection AddRuns(this IServiceCollection services) => services
        .AddSingleton<RunService>()
        .AddSingleton<ProgramStore>()
        .AddSingleton<TriggerService>();

    private static IServiceCollection AddCapacity(this IServiceCollection services) => services
        .AddSingleton<WorkTurns>();

    private static IServiceCollection AddJobs(this IServiceCollection services) => services
        .AddSingleton<JobService>()
        .AddSingleton<StopSignals>();

    private static IServiceCollection AddWork(this IServiceCollection services) => services
        .AddSingleton<WorkService>()
        .AddSingleton<WorkResults>()
        .AddSingleton<WorkFiles>()
        .AddSingleton<Uploads>()
        .AddSingleton<RecentArtifacts>()
        .AddSingleton<DocumentContents>()
        .AddSingleton<JobHandlers>()
        .AddSingleton<IJobHandler, BatchEmbeddingHandler>()
        .AddSingleton<IJobHandler, DocumentProcessingHandler>()
        .AddSingleton<IJobHandler, ExportHandler>()
        .AddSingleton<IExportRows, ExportDocumentRows>()
        .AddSingleton<IExportRows, ExportEmbeddingRows>()
        .AddSingleton<IExportRows, ExportJobRows>()
        .AddSingleton<IJobHandler, ImportHandler>()
        .AddSingleton<IJobHandler, WebCrawlingHandler>()
        .AddSingleton<EarlierJobs>()
        .AddSingleton<DocumentSources>()
        .AddSingleton<IJobHandler, AiPreviewHandler>()
        .AddSingleton<IJobHandler, ParseDocumentHandler>()
        .AddSingleton<IJobHandler, GapDetectionHandler>()
        .AddSingleton<IJobHandler, RiskAnalysisHandler>()
        .AddSingleton<IJobHandler, ReportGenerationHandler>();

    private static IServiceCollection AddRepositoryJobs(this IServiceCollection services) => services
        .AddRepositories()
        .AddGitHub()
        .AddRepositoryCheck()
        .AddSingleton<IPublicDownload, PublicDownload>()
        .AddSingleton<RepositoryGrants>()
        .AddSingleton<RepositoryService>()
        .AddSingleton<RepositoryJobs>()
        .AddSingleton<BranchRecords>()
        .AddSingleton<BranchNews>()
        .AddSingleton<Forges>()
        .AddOptions<RepositoryGrantOptions>()
        .BindConfiguration(RepositoryGrantOptions.Section)
        .Validate(
            options => options.Grants.All(RepositoryGrants.IsValid),
            $"Each setting below {RepositoryGrantOptions.Section}:{nameof(RepositoryGrantOptions.GitHub)} must be 'organisation=owner/name' or 'organisation=owner/*'.")
        .ValidateOnStart()
        .Services;

    private static IServiceCollection AddDocuments(this IServiceCollection services) => services
        .AddDocumentReading()
        .AddSingleton<DocumentParsing>()
        .AddSingleton<DocumentChunks>()
        .AddSingleton<DocumentRemoval>()
        .AddSingleton<IEmbedder, LocalEmbedder>()
        .AddSingleton<DocumentEmbedder>()
        .AddSingleton<SearchIndexes>()
        .AddSingleton<SearchService>();

    private static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSingleton<TokenLedger>()
        .AddSingleton<SpendingLedger>()
        .AddOptions<LedgerOptions>()
        .BindConfiguration(LedgerOptions.Section)
        .Validate(
            options => options.TokensPerMonth is >= 0 and <= LedgerOptions.MaxTokensPerMonth,
            $"The setting {LedgerOptions.Section}:{nameof(LedgerOptions.TokensPerMonth)} must be a whole number from 0 to {LedgerOptions.MaxTokensPerMonth}.")
        .Validate(
            options => options.MaxUnfinished is >= 1 and <= LedgerOptions.HighestMaxUnfinished,
            $"The setting {LedgerOptions.Section}:{nameof(LedgerOptions.MaxUnfinished)} must be a whole number from 1 to {LedgerOptions.HighestMaxUnfinished}.")
        .ValidateOnStart()
        .Services;

    private static IServiceCollection AddGeneration(this IServiceCollection services) => services
        .AddSingleton<IWidgetGenerator>(provider => provider.GetRequiredService<AiClients>() is { AreConfigured: true } ai
            ? new AiWidgetGenerator(ai, provider.GetRequiredService<TimeProvider>())
            : new OfflineWidgetGenerator(provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IAgentGenerator>(provider => provider.GetRequiredService<AiClients>() is { AreConfigured: true } ai
            ? new AiAgentGenerator(ai, provider.GetRequiredService<TimeProvider>())
            : new OfflineAgentGenerator(provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IRepositoryAgent>(provider => provider.GetRequiredService<AiClients>() is { AreConfigured: true } ai
            ? new AiRepositoryAgent(ai, provider.GetRequiredService<TimeProvider>())
            : new OfflineRepositoryAgent(provider.GetRequiredService<TimeProvider>()));
}
