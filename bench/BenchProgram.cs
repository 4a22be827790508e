// Prints every performance figure that the documentation quotes: dotnet run -c Release --project bench
using Jobs.Bench;

var output = Console.Out;
output.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}");
await PollBench.RunAsync(output);
await OrchestrationBench.RunAsync(output);
await WidgetBench.RunAsync(output);
await SandboxBench.RunAsync(output);
await RunBench.RunAsync(output);
await TransactionBench.RunAsync(output);
await MemoryBench.RunAsync(output);
