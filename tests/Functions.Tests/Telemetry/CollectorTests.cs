using System.Collections.Concurrent;
using System.Text;
using Jobs.Functions.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Jobs.Functions.Tests.Telemetry;

/// <summary>What the app sends to a collector. OTLP's texts stand in its messages as they are. What is collected in a process is collected of every app in it, so these tests run alone.</summary>
[CollectionDefinition(nameof(CollectorTests), DisableParallelization = true)]
[Collection(nameof(CollectorTests))]
public sealed class CollectorTests
{
    private const string Prompt = "a greeting for Ottokar";
    private const string Key = "sk-never-told";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Collector_that_is_set_gets_what_calls_of_models_took_and_prompts_only_where_they_are_recorded(bool recordsPrompts)
    {
        await using var collector = await Collector.StartAsync();
        await using var model = await ScriptedServer.StartOpenAiAsync(AiBuilds.Whole);
        await using (var app = await TestApp.StartAsync(
            // The tests' own level leaves nothing to send.
            services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddFilter<ConsoleLoggerProvider>(null, LogLevel.None)),
            arguments:
            [
                $"--{TelemetryServices.CollectorSetting}", collector.Address, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "--Ai:Endpoint", $"{model.Address}v1", "--Ai:Model", "scripted", "--Ai:Key", Key, "--Ai:RecordPrompts", $"{recordsPrompts}",
            ]))
        {
            var (_, jobId) = await app.CreateWidgetAsync(Prompt);
            await app.WaitUntilSettledAsync(jobId);
        }

        var spans = collector.Received("/v1/traces");
        Assert.Contains("Jobs.Generation.Ai", spans);
        Assert.Contains("chat scripted", spans);
        Assert.Contains("gen_ai.usage.output_tokens", spans);
        Assert.Contains(TelemetryServices.ServiceName, spans);
        Assert.All(["POST /v1/widgets", "create widget", "GenerateSources", "CompileWidget"], name => Assert.Contains(name, spans));
        Assert.Equal(recordsPrompts, spans.Contains(Prompt, StringComparison.Ordinal));
        var metrics = collector.Received("/v1/metrics");
        Assert.Contains("gen_ai.client.token.usage", metrics);
        Assert.Contains("gen_ai.client.operation.duration", metrics);
        Assert.All(
            ["jobs.finished", "jobs.queue.duration", "jobs.step.duration", "jobs.polls", "jobs.storage.transactions", "jobs.ai.tokens"],
            name => Assert.Contains(name, metrics));
        var logs = collector.Received("/v1/logs");
        Assert.Contains("generated 1 files", logs);
        Assert.DoesNotContain(Prompt, metrics + logs);
        Assert.DoesNotContain(Key, spans + metrics + logs);
    }

    [Fact]
    public async Task Nothing_is_collected_where_no_exporter_is_set()
    {
        await using var app = await TestApp.StartAsync();

        Assert.Null(app.Services.GetService<TracerProvider>());
        Assert.Null(app.Services.GetService<MeterProvider>());
    }

    [Fact]
    public async Task Application_insights_that_is_set_is_sent_to()
    {
        await using var app = await TestApp.StartAsync(arguments:
            [$"--{TelemetryServices.ApplicationInsightsSetting}", "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:9/"]);

        Assert.NotNull(app.Services.GetService<TracerProvider>());
        Assert.NotNull(app.Services.GetService<MeterProvider>());
    }

    /// <summary>A collector on a free port of 127.0.0.1.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Body)> _received = new();
        private readonly WebApplication _web;

        private Collector(WebApplication web) => _web = web;

        public string Address => _web.Urls.Single();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var collector = new Collector(builder.Build());
            ((IApplicationBuilder)collector._web).Run(async context =>
            {
                using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
                collector._received.Enqueue((context.Request.Path, await reader.ReadToEndAsync()));
            });
            await collector._web.StartAsync();
            return collector;
        }

        public string Received(string path) => string.Concat(_received.Where(one => one.Path == path).Select(one => one.Body));

        public ValueTask DisposeAsync() => _web.DisposeAsync();
    }
}
