using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Compilation;
using Jobs.Local.Emulator;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Bench;

/// <summary>
/// What a million jobs and a billion polls cost in storage and executions: the requests of a whole app on Azurite with Durable's own storage provider, ours and Durable's, less those that it sends
/// when nothing happens, times list prices.
/// </summary>
internal static class CostBench
{
    private const int Jobs = 20;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);

    /// <summary>Dollars for 10,000 requests to a general-purpose account in West Europe or East US, hot, locally redundant, as we know them. See https://azure.microsoft.com/pricing/details/storage/.</summary>
    private static readonly IReadOnlyDictionary<string, decimal> Prices = new Dictionary<string, decimal>
    {
        ["table"] = 0.00036m,
        ["queue"] = 0.004m,
        ["blob write"] = 0.05m,
        ["blob read"] = 0.004m,
    };

    /// <summary>Dollars for a million executions on Flex Consumption. See https://azure.microsoft.com/pricing/details/functions/.</summary>
    private const decimal PriceOfExecutions = 0.40m;

    /// <summary>A request, the orchestration's turns and the activities of a widget job.</summary>
    private const int ExecutionsOfJob = 1 + 3 + 2;

    public static async Task RunAsync(TextWriter output)
    {
        await AzuriteInstallation.EnsureAsync(AppContext.BaseDirectory, output);
        await using var azurite = await AzuriteProcess.StartAsync(AppContext.BaseDirectory, location: null, CancellationToken.None);
        using var requests = new RequestCounter(azurite.ConnectionString);
        await using var app = await BenchApp.StartAsync(services => services.AddSingleton<IWidgetCompiler, InstantCompiler>(), azurite.ConnectionString);
        await BuildAsync(app);

        var start = requests.Take();
        await Task.Delay(Idle);
        var idle = (requests.Take() - start) / Idle.TotalSeconds;

        start = requests.Take();
        var clock = Stopwatch.StartNew();
        var polls = 0;
        for (var i = 0; i < Jobs; i++)
        {
            polls += await BuildAsync(app);
        }

        var job = (requests.Take() - start - (idle * clock.Elapsed.TotalSeconds) - (Requests.OfOnePoll * polls)) / Jobs;
        output.WriteLine("what it costs, by list prices in dollars");
        output.WriteLine($"  idle, a second: {idle}");
        output.WriteLine($"  a widget job, ours and Durable's: {job}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a million of them: storage {job.CostOf(Prices) * 1_000_000:F0}, executions {ExecutionsOfJob * PriceOfExecutions:F2}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a billion polls: storage {Requests.OfOnePoll.CostOf(Prices) * 1_000_000_000:F0}, executions {1_000 * PriceOfExecutions:F0}"));
        output.WriteLine("  the time of instances comes on top: see docs/operations.md");
    }

    /// <summary>A widget from its request to its end; gives how often its job was asked for.</summary>
    private static async Task<int> BuildAsync(BenchApp app)
    {
        using var response = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "Bench", prompt = "a counter" });
        response.EnsureSuccessStatusCode();
        var jobId = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetString()!;
        for (var polls = 1; ; polls++)
        {
            await Task.Delay(50);
            if (BenchApp.IsSettled(await app.Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}")))
            {
                return polls;
            }
        }
    }

    /// <summary>Requests by service, of blobs by what is paid for.</summary>
    private readonly record struct Requests(double Table, double Queue, double BlobWrite, double BlobRead)
    {
        public static readonly Requests OfOnePoll = new(1, 0, 0, 0);

        public static Requests operator -(Requests a, Requests b) => new(a.Table - b.Table, a.Queue - b.Queue, a.BlobWrite - b.BlobWrite, a.BlobRead - b.BlobRead);

        public static Requests operator *(Requests a, double factor) => new(a.Table * factor, a.Queue * factor, a.BlobWrite * factor, a.BlobRead * factor);

        public static Requests operator /(Requests a, double divisor) => a * (1 / divisor);

        public decimal CostOf(IReadOnlyDictionary<string, decimal> prices) =>
            (((decimal)Table * prices["table"]) + ((decimal)Queue * prices["queue"]) + ((decimal)BlobWrite * prices["blob write"]) + ((decimal)BlobRead * prices["blob read"])) / 10_000;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"table {Table:F1}, queue {Queue:F1}, blob write {BlobWrite:F1}, blob read {BlobRead:F1}");
    }

    /// <summary>Counts the requests that this process sends to an emulator, whoever in it does.</summary>
    private sealed class RequestCounter : IDisposable
    {
        private readonly Dictionary<int, string> _services;
        private readonly ConcurrentDictionary<string, long> _counts = new();
        private readonly MeterListener _listener = new();

        public RequestCounter(string connectionString)
        {
            _services = connectionString.Split(';')
                .Select(part => part.Split('=', 2))
                .Where(part => part[0].EndsWith("Endpoint", StringComparison.Ordinal))
                .ToDictionary(part => new Uri(part[1]).Port, part => part[0][..^"Endpoint".Length].ToLowerInvariant());
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "System.Net.Http", Name: "http.client.request.duration" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Count(tags));
            _listener.Start();
        }

        public Requests Take() => new(Of("table"), Of("queue"), Of("blob write"), Of("blob read"));

        public void Dispose() => _listener.Dispose();

        private long Of(string kind) => _counts.GetValueOrDefault(kind);

        private void Count(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string? service = null;
            var isRead = false;
            foreach (var (name, value) in tags)
            {
                switch (name)
                {
                    case "server.port" when value is int port:
                        _services.TryGetValue(port, out service);
                        break;
                    case "http.request.method":
                        isRead = value is "GET" or "HEAD";
                        break;
                }
            }

            if (service is not null)
            {
                _counts.AddOrUpdate(service == "blob" ? $"blob {(isRead ? "read" : "write")}" : service, 1, (_, count) => count + 1);
            }
        }
    }
}
