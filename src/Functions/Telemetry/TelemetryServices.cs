using Azure.Core;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Jobs.Domain.Telemetry;
using Jobs.Generation.Ai;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Jobs.Functions.Telemetry;

/// <summary>Sends the app's own spans, metrics and logs to where the settings that every OpenTelemetry program has say. Without one nothing is collected.</summary>
internal static class TelemetryServices
{
    /// <summary>The address of a collector that speaks OTLP. The protocol's other settings (<c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>…_HEADERS</c>) hold too.</summary>
    public const string CollectorSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Application Insights.</summary>
    public const string ApplicationInsightsSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>How Application Insights is signed in to, as the Functions host reads it: <c>Authorization=AAD</c>, with <c>;ClientId=…</c> for a user-assigned identity.</summary>
    public const string AuthenticationSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>The app's name in what it sends.</summary>
    public const string ServiceNameSetting = "OTEL_SERVICE_NAME";

    /// <summary>Which traces are kept, by the words of OpenTelemetry; without it <see cref="RequestSampler"/> decides.</summary>
    public const string SamplerSetting = "OTEL_TRACES_SAMPLER";

    /// <summary>How the Functions host tells of itself, in the form that overrides its host.json: with <see cref="OpenTelemetryMode"/> it leaves the app's logs to the app.</summary>
    public const string HostModeSetting = "AzureFunctionsJobHost:telemetryMode";

    /// <summary>The word of <see cref="HostModeSetting"/>.</summary>
    public const string OpenTelemetryMode = "OpenTelemetry";

    /// <summary>What <see cref="ServiceNameSetting"/> is where it is not set.</summary>
    public const string ServiceName = "jobs";

    /// <summary>
    /// Adds what is counted, and the exporters that are set. What they send has no prompts and answers unless <see cref="AiOptions.RecordPrompts"/> says so. Throws
    /// <see cref="OptionsValidationException"/> for a setting that is of no use.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddMetrics().AddSingleton<JobMetrics>();
        var settings = Read(builder.Configuration);
        if (!settings.IsWanted)
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration[ServiceNameSetting] ?? ServiceName))
            .WithTracing(traces => traces.AddSource(TelemetryNames.Jobs, AiClients.TelemetryName))
            .WithMetrics(metrics => metrics.AddMeter(TelemetryNames.Jobs, AiClients.TelemetryName))
            .WithLogging(null, logs => logs.IncludeFormattedMessage = true);
        if (settings.HasCollector)
        {
            telemetry.UseOtlpExporter();
        }

        if (settings.ApplicationInsights is { } connectionString)
        {
            telemetry
                .WithTracing(traces => traces.AddAzureMonitorTraceExporter(Configure))
                .WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter(Configure))
                .WithLogging(logs => logs.AddAzureMonitorLogExporter(Configure));

            void Configure(AzureMonitorExporterOptions exporter) => (exporter.ConnectionString, exporter.Credential) = (connectionString, settings.Credential);
        }

        if (string.IsNullOrEmpty(builder.Configuration[SamplerSetting]))
        {
            // Last, because an exporter may bring one of its own.
            telemetry.WithTracing(traces => traces.SetSampler(provider => new RequestSampler(provider.GetRequiredService<TimeProvider>())));
        }
    }

    /// <summary>
    /// For the Functions host, which passes on what the app logs: the app sends its logs itself only where the host is told to leave them, or each would be there twice.
    /// </summary>
    public static void ShareWithHost(this IHostApplicationBuilder builder)
    {
        if (!Read(builder.Configuration).IsWanted)
        {
            return;
        }

        if (string.Equals(builder.Configuration[HostModeSetting], OpenTelemetryMode, StringComparison.OrdinalIgnoreCase))
        {
            builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults();
        }
        else
        {
            builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.None);
        }
    }

    private static Settings Read(IConfiguration configuration)
    {
        var collector = configuration[CollectorSetting];
        if (!string.IsNullOrEmpty(collector) && !(Uri.TryCreate(collector, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)))
        {
            throw Fault(CollectorSetting, "must be an address that begins with http:// or https://");
        }

        var connectionString = configuration[ApplicationInsightsSetting] is { Length: > 0 } given ? given : null;
        if (connectionString is not null && !(PartsOf(connectionString).TryGetValue("InstrumentationKey", out var key) && Guid.TryParse(key, out _)))
        {
            throw Fault(ApplicationInsightsSetting, "is not a connection string of Application Insights");
        }

        return new Settings(!string.IsNullOrEmpty(collector), connectionString, ReadCredential(configuration[AuthenticationSetting]));
    }

    private static ManagedIdentityCredential? ReadCredential(string? setting)
    {
        if (string.IsNullOrEmpty(setting))
        {
            return null;
        }

        var parts = PartsOf(setting);
        return !parts.TryGetValue("Authorization", out var scheme) || scheme != "AAD" || (parts.TryGetValue("ClientId", out var clientId) && !Guid.TryParse(clientId, out _))
            ? throw Fault(AuthenticationSetting, "must be Authorization=AAD, with ;ClientId= and the client id of an identity where that is user-assigned")
            : new ManagedIdentityCredential(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId));
    }

    private static Dictionary<string, string> PartsOf(string setting) => setting.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(part => part.Split('=', 2))
        .Where(part => part.Length == 2)
        .DistinctBy(part => part[0], StringComparer.OrdinalIgnoreCase)
        .ToDictionary(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);

    // The value is not shown: it may be a key.
    private static OptionsValidationException Fault(string setting, string rule) => new(setting, typeof(TelemetryServices), [$"The setting {setting} {rule}."]);

    private sealed record Settings(bool HasCollector, string? ApplicationInsights, TokenCredential? Credential)
    {
        public bool IsWanted => HasCollector || ApplicationInsights is not null;
    }
}
