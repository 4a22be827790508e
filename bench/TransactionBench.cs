using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Compilation;
using Jobs.Local.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Bench;

/// <summary>What one poll and one widget job cost in storage transactions of our own, Durable's apart; an entity-group transaction is one.</summary>
internal static class TransactionBench
{
    public static async Task RunAsync(TextWriter output)
    {
        await using var app = await BenchApp.StartAsync(services => services.AddSingleton<IWidgetCompiler, InstantCompiler>());
        // The first request reads the key; afterwards it is remembered.
        await app.Client.GetAsync("v1/widgets");

        var start = Count(app);
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/widgets") { Content = JsonContent.Create(new { name = "Bench", prompt = "a counter" }) };
        request.Headers.Add("Idempotency-Key", "bench");
        using var response = await app.Client.SendAsync(request);
        var jobId = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetString()!;
        var polls = 0;
        do
        {
            await Task.Delay(10);
            polls++;
        }
        while (!BenchApp.IsSettled(await app.Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}")));

        var job = Count(app) - start;
        output.WriteLine("table transactions");
        output.WriteLine($"  a widget job, create to compiled, with an Idempotency-Key: {job.Writes} writes, {job.Reads - polls} reads, {job.Queries} queries");

        var before = Count(app);
        await app.Client.GetAsync($"v1/jobs/{jobId}");
        var poll = Count(app) - before;
        output.WriteLine($"  a poll: {poll.Writes} writes, {poll.Reads} reads, {poll.Queries} queries");
    }

    private static Total Count(BenchApp app) => app.Services.GetRequiredService<EmbeddedStorage>().Transactions.All.Values
        .Aggregate(default(Total), (sum, table) => new Total(sum.Reads + table.Reads, sum.Writes + table.Writes, sum.Queries + table.Queries));

    private readonly record struct Total(long Reads, long Writes, long Queries)
    {
        public static Total operator -(Total a, Total b) => new(a.Reads - b.Reads, a.Writes - b.Writes, a.Queries - b.Queries);
    }
}
