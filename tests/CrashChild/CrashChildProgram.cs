using System.Diagnostics;
using Jobs.Local.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.CrashChild;

/// <summary>
/// Runs a fixed set of orchestrations to their end, on the store in the given folder, unless it kills itself before.
/// Usage: FOLDER FAULT-POINT. With a fault point n > 0 it sends itself SIGKILL at the nth one; 0 means never.
/// Prints one line per orchestration, "id status output", and then "faultpoints n".
/// </summary>
/// <remarks>
/// Beside the store it keeps two files: <c>effects</c>, one line "id input" per run of an activity, and <c>acknowledged</c>,
/// what the engine said it has stored. That is never sent again: if the engine lost it, the run cannot end well.
/// </remarks>
internal static class CrashChildProgram
{
    private static readonly string[] Kinds = ["Chain", "FanOut", "Retry", "Timer", "Event", "Parent", "Again"];
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(30);

    public static async Task Main(string[] args)
    {
        var folder = args[0];
        var killAt = int.Parse(args[1]);
        var passed = 0;
        var engine = new EmbeddedEngine(new EmbeddedEngineOptions
        {
            StorePath = Path.Combine(folder, "durable.db"),
            OnFaultPoint = _ =>
            {
                if (++passed == killAt)
                    Process.GetCurrentProcess().Kill();
            },
        });
        var worker = new DurableWorker(
            engine.Service, Orchestrators, Activities(Path.Combine(folder, "effects")), new DurableWorkerOptions());
        await worker.StartAsync(CancellationToken.None);
        var client = new ServiceDurableTaskClient(engine.Client, worker.Orchestrators, DurableWorkerOptions.DefaultDataConverter);
        var acknowledgedFile = Path.Combine(folder, "acknowledged");
        var acknowledged = File.Exists(acknowledgedFile) ? File.ReadAllLines(acknowledgedFile) : [];

        // One after the other, so that there are many commits rather than a few large ones.
        foreach (var id in Kinds)
        {
            await OnceAsync($"schedule {id}", async () =>
            {
                if (await client.GetInstanceAsync(id) is null)
                    await client.ScheduleNewOrchestrationInstanceAsync(id, 10, new StartOrchestrationOptions(id));
            });
            if (id == "Event")
                await OnceAsync("raise", () => RaiseAsync(client));
            var done = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true).WaitAsync(LongestRun);
            Console.WriteLine($"{id} {done.RuntimeStatus} {done.SerializedOutput}");
        }
        await worker.StopAsync(CancellationToken.None);
        Console.WriteLine($"faultpoints {passed}");

        async Task OnceAsync(string request, Func<Task> send)
        {
            if (acknowledged.Contains(request))
                return;
            await send();
            File.AppendAllLines(acknowledgedFile, [request]);
        }
    }

    private static readonly DurableOrchestrator[] Orchestrators =
    [
        new("Chain", async context =>
        {
            var value = context.GetInput<int>();
            for (var i = 0; i < 2; i++)
                value = await context.CallActivityAsync<int>("Add", value);
            return value;
        }),
        new("FanOut", async context =>
            (await Task.WhenAll(Enumerable.Range(20, 4).Select(i => context.CallActivityAsync<int>("Add", i)))).Sum()),
        new("Retry", async context => await context.CallActivityAsync<string>(
            "FailTwice", TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(5))))),
        new("Timer", async context =>
        {
            var before = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            var waited = context.CurrentUtcDateTime - before >= TimeSpan.FromMilliseconds(20);
            return $"{waited} {await context.CallActivityAsync<int>("Add", 1)}";
        }),
        new("Event", async context =>
        {
            var value = await context.CallActivityAsync<int>("Add", context.GetInput<int>());
            value += await context.WaitForExternalEvent<int>("number");
            return await context.CallActivityAsync<int>("Add", value);
        }),
        new("Parent", async context =>
        {
            var children = await Task.WhenAll(
                context.CallSubOrchestratorAsync<int>("Child", 50, new SubOrchestrationOptions { InstanceId = "Child-1" }),
                context.CallSubOrchestratorAsync<int>("Child", 60, new SubOrchestrationOptions { InstanceId = "Child-2" }));
            return children.Sum();
        }),
        new("Child", async context => await context.CallActivityAsync<int>("Add", context.GetInput<int>())),
        new("Again", async context =>
        {
            var round = context.GetInput<int>();
            var next = await context.CallActivityAsync<int>("Add", round);
            if (next < 12)
                context.ContinueAsNew(next);
            return next;
        }),
    ];

    private static DurableActivity[] Activities(string effectsFile)
    {
        var effects = new Lock();
        return
        [
            new("Add", typeof(int), (context, input, _) =>
            {
                lock (effects)
                    File.AppendAllLines(effectsFile, [$"{context.InstanceId} {input}"]);
                return Task.FromResult<object?>((int)input! + 1);
            }),
            new("FailTwice", typeof(object), (context, _, _) =>
            {
                lock (effects)
                {
                    File.AppendAllLines(effectsFile, [context.InstanceId]);
                    return File.ReadLines(effectsFile).Count(line => line == context.InstanceId) <= 2
                        ? throw new IOException("not yet")
                        : Task.FromResult<object?>("third time");
                }
            }),
        ];
    }

    /// <summary>An instance that has finished got its event before the crash, although the crash kept that from being said.</summary>
    private static async Task RaiseAsync(DurableTaskClient client)
    {
        try
        {
            await client.RaiseEventAsync("Event", "number", 100);
        }
        catch (InvalidOperationException) when (client.GetInstanceAsync("Event").Result is { IsCompleted: true })
        {
        }
    }
}
