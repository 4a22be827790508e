using System.Collections.Concurrent;
using System.Net;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jobs.Storage.Tests;

/// <summary>How the account is reached, by the settings of the Functions host's own connections.</summary>
public sealed class StorageAccountOptionsTests
{
    private const string Id = "7a1c7bd0-3f0e-4b43-9f2f-3b1f1d0a5c11";

    [Fact]
    public async Task Account_is_asked_with_a_token_of_the_identity_that_is_set_and_without_a_key()
    {
        using var platform = new Platform();
        var storage = new Recorder();
        var account = new StorageAccount(
            Settings(("JobsStorage__tableServiceUri", "https://acme.table.core.windows.net"), ("JobsStorage__blobServiceUri", "https://acme.blob.core.windows.net"), ("JobsStorage__credential", "managedidentity"), ("JobsStorage__clientId", Id)),
            new HttpClientTransport(storage));

        await account.Jobs.GetEntityIfExistsAsync<TableEntity>("p", "r");
        await account.Artifacts.ExistsAsync();

        Assert.Equal(["acme.table.core.windows.net Bearer token-of-the-platform", "acme.blob.core.windows.net Bearer token-of-the-platform"], storage.Requests);
        Assert.All(platform.Requests, asked => Assert.Contains($"client_id={Id}", asked));
        Assert.Contains(platform.Requests, asked => Uri.UnescapeDataString(asked).Contains("resource=https://storage.azure.com", StringComparison.Ordinal));
    }

    [Fact]
    public void Account_name_stands_for_both_addresses()
    {
        var account = new StorageAccount(Settings(("JobsStorage__accountName", "acme"), ("JobsStorage__credential", "managedidentity")));

        Assert.Equal(("acme.table.core.windows.net", "acme.blob.core.windows.net"), (account.Jobs.Uri.Host, account.Artifacts.Uri.Host));
    }

    [Fact]
    public void Connection_string_counts_where_there_are_addresses_too()
    {
        var account = new StorageAccount(Settings(("JobsStorage", "UseDevelopmentStorage=true"), ("JobsStorage__accountName", "acme")));

        Assert.Equal("127.0.0.1", account.Jobs.Uri.Host);
    }

    [Theory]
    [InlineData("Set JobsStorage to a connection string, or JobsStorage:accountName to")]
    [InlineData("Set JobsStorage to a connection string, or JobsStorage:accountName to", "JobsStorage__tableServiceUri=https://acme.table.core.windows.net")]
    [InlineData("The setting JobsStorage:accountName must be", "JobsStorage__accountName=Acme")]
    [InlineData("The setting JobsStorage:accountName must be", "JobsStorage__accountName=ab")]
    [InlineData("The setting JobsStorage:tableServiceUri must be", "JobsStorage__accountName=acme", "JobsStorage__tableServiceUri=http://acme.table.core.windows.net")]
    [InlineData("The setting JobsStorage:tableServiceUri must be", "JobsStorage__accountName=acme", "JobsStorage__tableServiceUri=acme")]
    [InlineData("The setting JobsStorage:blobServiceUri must be", "JobsStorage__accountName=acme", "JobsStorage__blobServiceUri=https://acme.blob.core.windows.net/?sig=secret")]
    [InlineData("The setting JobsStorage:credential must be", "JobsStorage__accountName=acme", "JobsStorage__credential=secret")]
    [InlineData("The setting JobsStorage:clientId must be", "JobsStorage__accountName=acme", "JobsStorage__clientId=secret")]
    [InlineData("The setting JobsStorage is not a connection string", "JobsStorage=AccountName=acme;AccountKey=secret")]
    [InlineData("The setting JobsStorage is not a connection string", "JobsStorage=secret")]
    public void Setting_that_is_of_no_use_is_named_and_not_shown(string message, params string[] settings)
    {
        var configuration = Settings([.. settings.Select(setting => setting.Split('=', 2)).Select(parts => (parts[0], parts[1]))]);

        var error = Assert.Throws<OptionsValidationException>(() => new StorageAccount(configuration));

        Assert.StartsWith(message, Assert.Single(error.Failures));
        Assert.DoesNotContain("secret", error.ToString());
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(24, true)]
    [InlineData(2, false)]
    [InlineData(25, false)]
    public void Account_name_has_the_length_that_Azure_gives_it(int length, bool isTaken)
    {
        var configuration = Settings(("JobsStorage__accountName", new string('a', length)));

        Assert.Equal(isTaken, Record.Exception(() => new StorageAccount(configuration)) is null);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(InitialKeyOptions.MaxTenantLength, true)]
    [InlineData(InitialKeyOptions.MaxTenantLength + 1, false)]
    [InlineData(0, false)]
    public void Organisation_of_the_first_key_has_a_longest_name(int length, bool isTaken) => Assert.Equal(isTaken, new InitialKeyOptions { InitialTenant = new string('a', length) }.HasValidTenant);

    [Theory]
    [InlineData("a/b")]
    [InlineData("a|b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a%2fb")]
    [InlineData("a\\b")]
    [InlineData(" a")]
    [InlineData("a\n")]
    public void Organisation_of_the_first_key_can_stand_in_keys_and_addresses(string name) => Assert.False(new InitialKeyOptions { InitialTenant = name }.HasValidTenant);

    /// <summary>As environment variables.</summary>
    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name.Replace("__", ":"), (string?)setting.Value))).Build();

    /// <summary>What App Service tells an app: where its identity's tokens are.</summary>
    private sealed class Platform : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<string> _requests = new();

        public Platform()
        {
            using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                _listener.Prefixes.Add($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
            }

            _listener.Start();
            _ = AnswerAsync();
            Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", _listener.Prefixes.Single() + "msi/token");
            Environment.SetEnvironmentVariable("IDENTITY_HEADER", "secret");
        }

        public IReadOnlyCollection<string> Requests => _requests;

        public void Dispose()
        {
            Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", null);
            Environment.SetEnvironmentVariable("IDENTITY_HEADER", null);
            _listener.Close();
        }

        private async Task AnswerAsync()
        {
            while (_listener.IsListening)
            {
                var context = await _listener.GetContextAsync();
                _requests.Enqueue(context.Request.RawUrl!);
                context.Response.ContentType = "application/json";
                var expires = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
                await context.Response.OutputStream.WriteAsync(
                    System.Text.Encoding.UTF8.GetBytes($$"""{"access_token":"token-of-the-platform","expires_on":"{{expires}}","resource":"https://storage.azure.com","token_type":"Bearer","client_id":"{{Id}}"}"""));
                context.Response.Close();
            }
        }
    }

    /// <summary>Storage, of which nothing is there.</summary>
    private sealed class Recorder : HttpMessageHandler
    {
        private readonly ConcurrentQueue<string> _requests = new();

        public IReadOnlyCollection<string> Requests => _requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _requests.Enqueue($"{request.RequestUri!.Host} {request.Headers.Authorization}");
            var answer = new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request };
            answer.Headers.Add("x-ms-error-code", "ContainerNotFound");
            return Task.FromResult(answer);
        }
    }
}
