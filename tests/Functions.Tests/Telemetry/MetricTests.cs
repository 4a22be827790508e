using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using Jobs.Domain.Compilation;
using Jobs.Functions.Telemetry;
using Jobs.Functions.Tests.Runs;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Telemetry;

/// <summary>What is counted of one app, whatever others are in the process.</summary>
public sealed class MetricTests
{
    [Fact]
    public async Task Widget_is_counted_from_its_queue_to_its_end_with_its_steps_its_polls_and_its_storage()
    {
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(new ManualTimeProvider()));
        using var meter = new Listener(app);

        var (_, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        await meter.WaitForAsync("jobs.finished", 1);

        Assert.Equal(["kind=widget outcome=succeeded"], meter.TagsOf("jobs.finished"));
        Assert.Equal(["kind=widget"], meter.TagsOf("jobs.queue.duration"));
        Assert.Equal(["outcome=Done step=CompileWidget", "outcome=Done step=GenerateSources"], meter.TagsOf("jobs.step.duration").Order());
        Assert.Equal("contract=builder", Assert.Single(meter.TagsOf("jobs.polls").Distinct()));
        Assert.Contains("operation=read service=table", meter.TagsOf("jobs.storage.transactions"));
        Assert.Contains("operation=write service=table", meter.TagsOf("jobs.storage.transactions"));
        Assert.Contains("operation=write service=blob", meter.TagsOf("jobs.storage.transactions"));
    }

    [Fact]
    public async Task Poll_is_one_poll_and_one_transaction()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        var job = await app.LayJobAndWidgetAsync();
        await app.Client.GetAsync("v1/usage");
        using var meter = new Listener(app);

        await app.GetJobAsync(job.Id);

        Assert.Equal(1, meter.Sum("jobs.polls"));
        Assert.Equal(["operation=read service=table"], meter.TagsOf("jobs.storage.transactions"));
    }

    [Fact]
    public async Task Widget_that_does_not_compile_ends_as_such()
    {
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetCompiler>(
            new FakeCompiler { OnCompile = _ => Task.FromResult<CompileResult>(new CompileResult.Failed("src/App.tsx: error")) }));
        using var meter = new Listener(app);

        await app.WaitUntilSettledAsync((await app.CreateWidgetAsync()).JobId);
        await meter.WaitForAsync("jobs.finished", 1);

        Assert.Equal(["kind=widget outcome=compile_failed"], meter.TagsOf("jobs.finished"));
    }

    [Fact]
    public async Task Run_is_counted_as_one()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        using var meter = new Listener(app);

        await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId));
        await meter.WaitForAsync("jobs.finished", 1);

        Assert.Equal(["kind=run outcome=succeeded"], meter.TagsOf("jobs.finished"));
        Assert.Equal(["kind=run"], meter.TagsOf("jobs.queue.duration"));
    }

    [Fact]
    public async Task Work_that_is_cancelled_is_counted_by_its_type_and_outcome()
    {
        var gate = new TaskCompletionSource();
        var handler = new FakeJobHandler { Before = _ => gate.Task };
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IJobHandler>(handler));
        using var meter = new Listener(app);
        using var created = await app.Client.PostAsJsonAsync("v1/api/jobs", new { type = handler.Type, input = new { } });
        var jobId = (await created.ReadJsonAsync()).GetProperty("data").GetProperty("id").GetString()!;
        await meter.WaitForAsync("jobs.queue.duration", 1);

        (await app.Client.PostAsync($"v1/api/jobs/{jobId}/cancel", null)).EnsureSuccessStatusCode();
        gate.SetResult();
        await meter.WaitForAsync("jobs.finished", 1);

        Assert.Equal([$"kind={handler.Type} outcome=cancelled"], meter.TagsOf("jobs.finished"));
    }

    [Fact]
    public async Task Tokens_of_a_model_are_counted_by_kind_of_job()
    {
        await using var model = await ScriptedServer.StartOpenAiAsync(AiBuilds.Whole);
        await using var app = await AiBuilds.StartAsync(model);
        using var meter = new Listener(app);

        await app.WaitUntilSettledAsync((await app.CreateWidgetAsync()).JobId);

        Assert.Equal(["kind=widget type=input", "kind=widget type=output"], meter.TagsOf("jobs.ai.tokens").Order());
        Assert.True(meter.Sum("jobs.ai.tokens") > 0);
    }

    /// <summary>Measurements of one app's own meters.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _measured = new();
        private readonly MeterListener _listener = new();

        public Listener(TestApp app)
        {
            // Its instruments are made with it.
            app.Services.GetRequiredService<JobMetrics>();
            var scope = app.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == scope)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.Start();
        }

        public IReadOnlyList<string> TagsOf(string instrument) => [.. _measured.Where(one => one.Instrument == instrument).Select(one => one.Tags)];

        public double Sum(string instrument) => _measured.Where(one => one.Instrument == instrument).Sum(one => one.Value);

        public async Task WaitForAsync(string instrument, int count)
        {
            for (var deadline = DateTime.UtcNow.AddSeconds(90); TagsOf(instrument).Count < count; await Task.Delay(10))
            {
                Assert.True(DateTime.UtcNow < deadline, $"{instrument} is not measured.");
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var words = new List<string>();
            foreach (var (name, tag) in tags)
            {
                words.Add($"{name}={tag}");
            }

            _measured.Enqueue((instrument.Name, value, string.Join(' ', words.Order())));
        }
    }
}
