using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Functions.Activities;
using Jobs.Functions.Orchestrations;
using Jobs.Functions.Resources;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>Two executions of one step at once, which the host may bring about at any time: the overtaken one writes nothing.</summary>
public sealed class OverlapTests
{
    [Fact]
    public async Task Overtaken_generation_does_not_replace_the_files_of_the_later_one()
    {
        var slow = new TaskCompletionSource<GenerationResult>();
        var generator = new FakeGenerator((_, call) => call == 1 ? slow.Task : Task.FromResult(Files("later")));
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(generator));
        var job = await app.LayJobAndWidgetAsync();
        var steps = Steps(app);

        var overtaken = steps.GenerateSources(Input(job), app.DurableClient, CancellationToken.None);
        await app.WaitForJobAsync(job.Id, _ => generator.Calls == 1);
        var later = await steps.GenerateSources(Input(job), app.DurableClient, CancellationToken.None);
        slow.SetResult(Files("overtaken"));
        await overtaken;

        Assert.Equal(StepOutcome.Done, later.Outcome);
        var current = await JobAsync(app, job);
        var widget = await app.Services.GetRequiredService<WidgetStore>().ReadAsync("acme", job.ResourceId, CancellationToken.None);
        Assert.Equal(current.SourcesRef, widget!.Resource.SourcesRef);
        var sources = Sources.Parse(await app.Services.GetRequiredService<ArtifactStore>()
            .ReadAsync("acme", job.ResourceId, current.SourcesRef!, CancellationToken.None));
        Assert.Equal("later", sources.Files["src/App.tsx"]);
    }

    [Fact]
    public async Task Overtaken_generation_writes_nothing_while_the_later_one_works()
    {
        var slow = new TaskCompletionSource<GenerationResult>();
        var slower = new TaskCompletionSource<GenerationResult>();
        var generator = new FakeGenerator((_, call) => call == 1 ? slow.Task : slower.Task);
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(generator));
        var job = await app.LayJobAndWidgetAsync();
        var steps = Steps(app);

        var overtaken = steps.GenerateSources(Input(job), app.DurableClient, CancellationToken.None);
        await app.WaitForJobAsync(job.Id, _ => generator.Calls == 1);
        var later = steps.GenerateSources(Input(job), app.DurableClient, CancellationToken.None);
        await app.WaitForJobAsync(job.Id, _ => generator.Calls == 2);
        slow.SetResult(Files("overtaken"));
        var result = await overtaken;
        var widget = await app.Services.GetRequiredService<WidgetStore>().ReadAsync("acme", job.ResourceId, CancellationToken.None);
        slower.SetResult(Files("later"));

        Assert.Equal(StepOutcome.FailedRetry, result.Outcome);
        Assert.Null(widget!.Resource.SourcesRef);
        Assert.Equal(StepOutcome.Done, (await later).Outcome);
    }

    [Fact]
    public async Task Generation_of_a_build_that_a_later_one_replaced_is_given_up()
    {
        await using var app = await TestApp.StartAsync();
        var job = await app.LayJobAndWidgetAsync();
        var widgets = app.Services.GetRequiredService<WidgetStore>();
        var stored = await widgets.ReadAsync("acme", job.ResourceId, CancellationToken.None);
        await widgets.TryReplaceAsync(stored!, stored!.Resource with { CurrentJobId = "job_1_000000000000" }, message: null, CancellationToken.None);

        var result = await Steps(app).GenerateSources(Input(job), app.DurableClient, CancellationToken.None);

        Assert.Equal(new StepResult(StepOutcome.FailedFinal, "A later build of the widget took the place of this one."), result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Overtaken_compile_neither_ends_the_compile_nor_calls_it_done(bool compiles)
    {
        var slow = new TaskCompletionSource<CompileResult>();
        var slower = new TaskCompletionSource<CompileResult>();
        var compiler = new FakeCompiler { OnCompile = call => call == 1 ? slow.Task : slower.Task };
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetCompiler>(compiler));
        var job = await app.LayJobAndWidgetAsync();
        var steps = Steps(app);
        await steps.GenerateSources(Input(job), app.DurableClient, CancellationToken.None);

        var overtaken = Compile(app).CompileWidget(Input(job), app.DurableClient, CancellationToken.None);
        await app.WaitForJobAsync(job.Id, _ => compiler.Calls == 1);
        var later = Compile(app).CompileWidget(Input(job), app.DurableClient, CancellationToken.None);
        await app.WaitForJobAsync(job.Id, _ => compiler.Calls == 2);
        slow.SetResult(compiles ? Bundle : new CompileResult.Failed("Out of memory"));
        var result = await overtaken;
        var between = await JobAsync(app, job);
        slower.SetResult(Bundle);

        Assert.Equal(StepOutcome.FailedRetry, result.Outcome);
        Assert.Equal(CompileStatus.InProgress, between.Compile!.Status);
        Assert.Equal(StepOutcome.Done, (await later).Outcome);
        Assert.Equal(CompileStatus.Succeeded, (await JobAsync(app, job)).Compile!.Status);
    }

    [Fact]
    public async Task Step_that_is_done_answers_so_again_and_does_nothing()
    {
        var compiler = new FakeCompiler();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetCompiler>(compiler));
        var job = await app.LayJobAndWidgetAsync();
        var steps = Steps(app);
        await steps.GenerateSources(Input(job), app.DurableClient, CancellationToken.None);
        await Compile(app).CompileWidget(Input(job), app.DurableClient, CancellationToken.None);
        var before = await JobAsync(app, job);

        Assert.Equal(StepResult.Done, await steps.GenerateSources(Input(job), app.DurableClient, CancellationToken.None));
        Assert.Equal(StepResult.Done, await Compile(app).CompileWidget(Input(job), app.DurableClient, CancellationToken.None));
        Assert.Equal(before, await JobAsync(app, job));
        Assert.Equal(1, compiler.Calls);
    }

    private static CompileResult Bundle { get; } = new CompileResult.Succeeded("export {}"u8.ToArray(), ""u8.ToArray(), TimeSpan.Zero, TimeSpan.Zero);

    private static GenerationResult Files(string content) =>
        new GenerationResult.Files(new Dictionary<string, string> { ["src/App.tsx"] = content }, content);

    private static StepInput Input(Job job) => new(job.Id, Attempt: 1, BuildSteps.MaxAttempts);

    private static BuildActivities Steps(TestApp app) => ActivatorUtilities.CreateInstance<BuildActivities>(app.Services);

    private static WidgetActivities Compile(TestApp app) => ActivatorUtilities.CreateInstance<WidgetActivities>(app.Services);

    private static async Task<Job> JobAsync(TestApp app, Job job) =>
        (await app.Services.GetRequiredService<JobStore>().FindAsync(job.Id, CancellationToken.None))!;
}
