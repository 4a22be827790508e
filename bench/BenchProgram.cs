// Prints every performance figure that the documentation quotes: dotnet run -c Release --project bench
// One part of them: dotnet run -c Release --project bench -- orchestrations
using Jobs.Bench;

var parts = new Dictionary<string, Func<TextWriter, Task>>
{
    ["start"] = StartBench.RunAsync,
    ["polls"] = PollBench.RunAsync,
    ["orchestrations"] = OrchestrationBench.RunAsync,
    ["widget"] = WidgetBench.RunAsync,
    ["sandbox"] = SandboxBench.RunAsync,
    ["runs"] = RunBench.RunAsync,
    ["transactions"] = TransactionBench.RunAsync,
    ["cost"] = CostBench.RunAsync,
    ["memory"] = MemoryBench.RunAsync,
    ["retrieval"] = RetrievalBench.RunAsync,
};

switch (args)
{
    case ["orchestrations", "--json"]:
        Console.WriteLine(await OrchestrationBench.MeasureAsJsonAsync());
        return 0;
    case []:
        Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}");
        foreach (var part in parts.Values)
        {
            await part(Console.Out);
        }

        return 0;
    case [var name] when parts.TryGetValue(name, out var one):
        await one(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine($"Nothing, or one of: {string.Join(", ", parts.Keys)}; or: orchestrations --json");
        return 1;
}
