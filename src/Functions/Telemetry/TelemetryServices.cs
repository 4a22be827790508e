using Azure.Monitor.OpenTelemetry.Exporter;
using Jobs.Generation.Ai;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Jobs.Functions.Telemetry;

/// <summary>Sends the app's own spans and metrics to where the settings that every OpenTelemetry program has say. Without one nothing is collected.</summary>
internal static class TelemetryServices
{
    /// <summary>The address of a collector that speaks OTLP. The protocol's other settings (<c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>…_HEADERS</c>) hold too.</summary>
    public const string CollectorSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Application Insights.</summary>
    public const string ApplicationInsightsSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>The name that the app has in what it sends, unless <c>OTEL_SERVICE_NAME</c> gives another.</summary>
    public const string ServiceName = "jobs";

    /// <summary>Adds the exporters that are set. What they send has no prompts and answers unless <see cref="AiOptions.RecordPrompts"/> says so.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var hasCollector = !string.IsNullOrEmpty(builder.Configuration[CollectorSetting]);
        var applicationInsights = builder.Configuration[ApplicationInsightsSetting];
        if (!hasCollector && string.IsNullOrEmpty(applicationInsights))
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? ServiceName))
            .WithTracing(traces => traces.AddSource(AiClients.TelemetryName))
            .WithMetrics(metrics => metrics.AddMeter(AiClients.TelemetryName));
        if (hasCollector)
        {
            telemetry.UseOtlpExporter();
        }

        if (!string.IsNullOrEmpty(applicationInsights))
        {
            telemetry
                .WithTracing(traces => traces.AddAzureMonitorTraceExporter(exporter => exporter.ConnectionString = applicationInsights))
                .WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter(exporter => exporter.ConnectionString = applicationInsights));
        }
    }
}
