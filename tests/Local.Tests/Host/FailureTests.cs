using System.Net;
using Jobs.Local.Host;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Local.Tests.Host;

/// <summary>What the host does when a part of it cannot go on: it takes no work that nobody would do.</summary>
public sealed class FailureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    [Fact]
    public async Task Work_is_refused_while_the_engines_store_takes_none_reads_are_not_and_it_mends_itself()
    {
        using var folder = new TestFolder();
        var builder = TestHost.CreateBuilder(folder, typeof(DurableFunctionsTests.Durable));
        builder.Services.AddSingleton(new DurableFunctionsTests.Greeting("Good day")).AddScoped<DurableFunctionsTests.Scope>();
        await using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };

        using (HoldForWriting(Path.Combine(folder.Path, "data", "durable.db")))
        {
            // The first one finds it out.
            using var first = await client.PostAsync("/start/AwaitEvent/first", null);
            Assert.False(first.IsSuccessStatusCode);

            using var refused = await client.PostAsync("/start/AwaitEvent/second", null);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
            using var read = await client.GetAsync("/nothing");
            Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
        }

        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
        {
            using var taken = await client.PostAsync("/start/AwaitEvent/third", null);
            if (taken.IsSuccessStatusCode)
            {
                break;
            }

            Assert.True(DateTime.UtcNow < deadline, "The host does not take work again.");
        }

        await host.StopAsync();
    }

    [Fact]
    public async Task Part_that_has_failed_for_good_stops_the_host_which_says_why()
    {
        await using var host = await TestHost.StartAsync(typeof(StartupTests.Hello));
        var failure = host.Services.GetRequiredService<HostFailure>();
        var stopping = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        failure.Watch("A part", Task.FromResult<Exception>(new IOException("It broke.")));

        await stopping.Task.WaitAsync(Patience);
        Assert.Equal("It broke.", failure.Reason?.Message);
    }

    private static SqliteConnection HoldForWriting(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }
}
