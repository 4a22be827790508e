using System.Diagnostics;
using Jobs.LocalRuntime.Engine;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.CrashChild;

/// <summary>
/// Runs a fixed set of orchestrations to their end, on the store in the given folder, unless it kills itself before.
/// Usage: FOLDER FAULT-POINT. With a fault point n > 0 it sends itself SIGKILL at the nth one; 0 means never.
/// Prints one line per orchestration, "id status output", and then "faultpoints n".
/// </summary>
/// <remarks>
/// Beside the store it keeps two files: <c>effects</c>, one line "id task" per run of an activity, and <c>acknowledged</c>,
/// what the engine said it has stored. That is never sent again: if the engine lost it, the run cannot end well.
/// </remarks>
internal static class CrashChildProgram
{
    private static readonly string[] Kinds = ["Chain", "FanOut", "Retry", "Timer", "Event"];
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(30);

    public static async Task Main(string[] args)
    {
        var folder = args[0];
        var killAt = int.Parse(args[1]);
        var passed = 0;
        var engine = new DurableEngine(new DurableEngineOptions
        {
            StorePath = Path.Combine(folder, "durable.db"),
            OnFaultPoint = _ =>
            {
                if (++passed == killAt)
                    Process.GetCurrentProcess().Kill();
            },
        });
        Register(engine, Path.Combine(folder, "effects"));
        await engine.StartAsync(CancellationToken.None);
        var acknowledgedFile = Path.Combine(folder, "acknowledged");
        var acknowledged = File.Exists(acknowledgedFile) ? File.ReadAllLines(acknowledgedFile) : [];

        // One after the other, so that there are many commits rather than a few large ones.
        foreach (var id in Kinds)
        {
            await OnceAsync($"schedule {id}", async () =>
            {
                if (await engine.Client.GetInstanceAsync(id) is null)
                    await engine.Client.ScheduleNewOrchestrationInstanceAsync(id, 10, new StartOrchestrationOptions(id));
            });
            if (id == "Event")
                await OnceAsync("raise", () => RaiseAsync(engine.Client));
            var done = await engine.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true).WaitAsync(LongestRun);
            Console.WriteLine($"{id} {done.RuntimeStatus} {done.SerializedOutput}");
        }
        await engine.StopAsync(CancellationToken.None);
        Console.WriteLine($"faultpoints {passed}");

        async Task OnceAsync(string request, Func<Task> send)
        {
            if (acknowledged.Contains(request))
                return;
            await send();
            File.AppendAllLines(acknowledgedFile, [request]);
        }
    }

    private static void Register(DurableEngine engine, string effectsFile)
    {
        var effects = new Lock();
        engine.RegisterActivity("Add", (invocation, _) =>
        {
            lock (effects)
                File.AppendAllLines(effectsFile, [$"{invocation.InstanceId} {invocation.TaskId}"]);
            return Task.FromResult<object?>((int)invocation.GetInput(typeof(int))! + 1);
        });
        engine.RegisterActivity("FailTwice", (invocation, _) =>
        {
            lock (effects)
                File.AppendAllLines(effectsFile, [$"{invocation.InstanceId} {invocation.TaskId}"]);
            // Attempts have the task ids 0, 2, 4; the timers between them 1 and 3.
            return invocation.TaskId < 4 ? throw new IOException("not yet") : Task.FromResult<object?>("third time");
        });
        engine.RegisterOrchestrator("Chain", async context =>
        {
            var value = context.GetInput<int>();
            for (var i = 0; i < 4; i++)
                value = await context.CallActivityAsync<int>("Add", value);
            return value;
        });
        engine.RegisterOrchestrator("FanOut", async context =>
            (await Task.WhenAll(Enumerable.Range(0, 8).Select(i => context.CallActivityAsync<int>("Add", i)))).Sum());
        engine.RegisterOrchestrator("Retry", async context => await context.CallActivityAsync<string>(
            "FailTwice", TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(5)))));
        engine.RegisterOrchestrator("Timer", async context =>
        {
            var before = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            var waited = context.CurrentUtcDateTime - before >= TimeSpan.FromMilliseconds(20);
            return $"{waited} {await context.CallActivityAsync<int>("Add", 1)}";
        });
        engine.RegisterOrchestrator("Event", async context =>
        {
            var value = await context.CallActivityAsync<int>("Add", context.GetInput<int>());
            value += await context.WaitForExternalEvent<int>("number");
            return await context.CallActivityAsync<int>("Add", value);
        });
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
