using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Storage.Tests;

/// <summary>How the clients of our account bear it that nobody answers, or not at once.</summary>
public sealed class StorageAwayTests
{
    /// <summary>A busy machine makes no promise of two seconds; the clients' own policy takes six for the first of these tests and minutes for the second.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Account_that_refuses_connections_is_away_at_once_for_a_caller_who_waits()
    {
        var account = AccountAt(ClosedPort());
        StoragePatience.CallerWaits();
        var clock = Stopwatch.StartNew();

        var read = await Assert.ThrowsAsync<RequestFailedException>(() => ReadAsync(account).WaitAsync(Patience));
        var readTook = clock.Elapsed;
        var upload = await Assert.ThrowsAsync<RequestFailedException>(() => UploadAsync(account).WaitAsync(Patience));

        Assert.Equal(0, read.Status);
        Assert.True(read.IsStorageAway());
        Assert.True(upload.IsStorageAway());
        Assert.InRange(readTook, TimeSpan.Zero, Soon);
        Assert.InRange(clock.Elapsed - readTook, TimeSpan.Zero, Soon);
    }

    [Fact]
    public async Task Account_that_accepts_connections_and_says_nothing_is_away_when_the_time_is_over()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var account = AccountAt(((IPEndPoint)silent.LocalEndpoint).Port);
        StoragePatience.CallerWaits();
        var clock = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => ReadAsync(account).WaitAsync(Patience));

        Assert.Equal(0, error.Status);
        Assert.InRange(clock.Elapsed, StoragePatience.WhileCallerWaits - TimeSpan.FromMilliseconds(200), Soon);
    }

    [Fact]
    public async Task Somebody_waits_within_a_call_of_the_API_only()
    {
        var within = TimeSpan.Zero;

        await CallAsync();

        Assert.Equal(StoragePatience.WhileCallerWaits, within);
        Assert.Equal(StoragePatience.InBackground, StoragePatience.Limit);

        async Task CallAsync()
        {
            StoragePatience.CallerWaits();
            await Task.Yield();
            within = StoragePatience.Limit;
        }
    }

    [Fact]
    public async Task Caller_who_gives_up_is_told_of_that_and_of_nothing_else()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var account = AccountAt(((IPEndPoint)silent.LocalEndpoint).Port);
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(account, giveUp.Token).WaitAsync(Patience));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(null)]
    public async Task One_passing_fault_is_not_noticed(HttpStatusCode? fault)
    {
        var server = new Server(call => call > 1 ? new HttpResponseMessage(HttpStatusCode.NotFound)
            : fault is { } status ? new HttpResponseMessage(status)
            : throw new HttpRequestException("reset"));
        StoragePatience.CallerWaits();

        Assert.False((await ReadAsync(OverTheNetwork(server)).WaitAsync(Patience)).HasValue);
        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public async Task Account_that_goes_on_failing_is_away_after_the_last_try()
    {
        var server = new Server(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        StoragePatience.CallerWaits();

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => ReadAsync(OverTheNetwork(server)).WaitAsync(Patience));

        Assert.True(error.IsStorageAway());
        Assert.InRange(server.Calls, 2, 5);
    }

    [Fact]
    public async Task Account_that_says_when_to_come_back_is_not_asked_before()
    {
        var server = new Server(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Headers = { { "Retry-After", "30" } } });

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => ReadAsync(OverTheNetwork(server)).WaitAsync(Patience));

        Assert.True(error.IsStorageAway());
        Assert.Equal(1, server.Calls);
    }

    [Theory]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task Answer_that_is_no_fault_of_storage_comes_back_at_once(HttpStatusCode status)
    {
        var server = new Server(_ => new HttpResponseMessage(status));

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => ReadAsync(OverTheNetwork(server)).WaitAsync(Patience));

        Assert.False(error.IsStorageAway());
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task Transport_of_a_host_answers_once_and_without_one_the_network_is_asked()
    {
        var server = new Server(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        var services = new ServiceCollection().AddSingleton(Settings(ClosedPort())).AddSingleton<StorageAccount>();
        await using var inAzure = services.BuildServiceProvider(validateScopes: true);
        await using var local = services.AddSingleton<HttpPipelineTransport>(new HttpClientTransport(server)).BuildServiceProvider();
        StoragePatience.CallerWaits();

        var here = await Assert.ThrowsAsync<RequestFailedException>(() => ReadAsync(local.GetRequiredService<StorageAccount>().Jobs).WaitAsync(Patience));
        var there = await Assert.ThrowsAsync<RequestFailedException>(() => ReadAsync(inAzure.GetRequiredService<StorageAccount>()).WaitAsync(Patience));

        Assert.Equal((503, 0), (here.Status, there.Status));
        Assert.Equal(1, server.Calls);
    }

    private static Task<NullableResponse<TableEntity>> ReadAsync(StorageAccount account, CancellationToken cancellationToken = default) =>
        ReadAsync(account.Jobs, cancellationToken);

    private static Task<NullableResponse<TableEntity>> ReadAsync(TableClient table, CancellationToken cancellationToken = default) =>
        table.GetEntityIfExistsAsync<TableEntity>("p", "r", cancellationToken: cancellationToken);

    private static Task UploadAsync(StorageAccount account) => account.Artifacts.GetBlobClient("b").UploadAsync(BinaryData.FromString("content"));

    private static StorageAccount AccountAt(int port) => new(Settings(port));

    /// <summary>A client as in Azure, with <paramref name="server"/> in the network's place.</summary>
    private static TableClient OverTheNetwork(Server server)
    {
        var options = new TableClientOptions().Configure(transport: null);
        options.Transport = new HttpClientTransport(server);
        return new TableClient(Settings(port: 1)[StorageAccountOptions.Section], "Jobs", options);
    }

    private static IConfiguration Settings(int port) => new ConfigurationBuilder()
        .AddInMemoryCollection([new(
            StorageAccountOptions.Section,
            $"AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:{port}/a;BlobEndpoint=http://127.0.0.1:{port}/a;DefaultEndpointsProtocol=http")])
        .Build();

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Server(Func<int, HttpResponseMessage> answer) : HttpMessageHandler
    {
        private int _calls;

        public int Calls => _calls;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(Interlocked.Increment(ref _calls)));
    }
}
