using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Data.Tables.Sas;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Jobs.Conformance.Suites;
using Jobs.Local.Storage;
using Jobs.Local.Storage.Listening;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Conformance.Embedded;

/// <summary>Who is let in on the listening ports, and who is not.</summary>
public sealed class ListenerTests(ListeningStorageFixture listening) : IClassFixture<ListeningStorageFixture>, IAsyncLifetime
{
    private readonly string _name = $"t{Guid.NewGuid():N}";

    public async Task InitializeAsync()
    {
        await listening.Tables.GetTableClient(_name).CreateAsync();
        await listening.Tables.GetTableClient(_name).AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1 });
        await listening.Blobs.CreateBlobContainerAsync(_name);
        await listening.Blobs.GetBlobContainerClient(_name).UploadBlobAsync("a/b c", BinaryData.FromString("content"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Request_without_a_signature_is_401()
    {
        foreach (var address in new[] { $"{listening.Tables.Uri}{Slash(listening.Tables.Uri)}{_name}()", $"{listening.Blobs.Uri}{Slash(listening.Blobs.Uri)}{_name}/a%2Fb%20c" })
        {
            using var http = new HttpClient();
            using var refusal = await http.GetAsync(address);

            Assert.Equal((HttpStatusCode.Unauthorized, "NoAuthenticationInformation"), (refusal.StatusCode, Assert.Single(refusal.Headers.GetValues("x-ms-error-code"))));
        }
    }

    [Fact]
    public async Task Request_signed_with_another_key_is_403()
    {
        var key = Convert.ToBase64String(new byte[64]);

        await Refused(403, "AuthenticationFailed", () => new TableServiceClient(listening.Tables.Uri, new TableSharedKeyCredential(EmulatorAccount.Name, key)).GetTableClient(_name).GetEntityAsync<TableEntity>("p", "r"));
        await Refused(403, "AuthenticationFailed", () => new BlobServiceClient(listening.Blobs.Uri, new StorageSharedKeyCredential(EmulatorAccount.Name, key)).GetBlobContainerClient(_name).GetPropertiesAsync());
        await Refused(403, "AuthenticationFailed", () => new BlobServiceClient(listening.Blobs.Uri, new StorageSharedKeyCredential("another", EmulatorAccount.Key)).GetBlobContainerClient(_name).GetPropertiesAsync());
    }

    [Fact]
    public async Task Request_signed_long_ago_is_403()
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        options.AddPolicy(new OldDate(), HttpPipelinePosition.PerRetry);
        var blobs = new BlobServiceClient(listening.ConnectionString, options);

        await Refused(403, "AuthenticationFailed", () => blobs.GetBlobContainerClient(_name).GetPropertiesAsync());
    }

    [Fact]
    public async Task Account_signature_allows_what_it_says()
    {
        var query = AccountSignature(AccountSasServices.All, AccountSasResourceTypes.Object, "r");
        var table = Table(query);
        var blob = Blob(query);

        Assert.Equal(1, (await table.GetEntityAsync<TableEntity>("p", "r")).Value.GetInt32("A"));
        Assert.Equal("content", (await blob.DownloadContentAsync()).Value.Content.ToString());
        await Refused(403, "AuthorizationPermissionMismatch", () => table.AddEntityAsync(new TableEntity("p", "s")));
        await Refused(403, "AuthorizationPermissionMismatch", () => blob.DeleteAsync());
        await Refused(403, "AuthorizationResourceTypeMismatch", () => table.DeleteAsync());
        await Refused(403, "AuthorizationServiceMismatch", () => Blob(AccountSignature(AccountSasServices.Queues, AccountSasResourceTypes.Object, "r")).DownloadContentAsync());
        await Refused(403, "AuthenticationFailed", () => Blob(query.Replace("sp=r", "sp=rd", StringComparison.Ordinal)).DeleteAsync());
        await Refused(403, "AuthenticationFailed", () => Blob(AccountSignature(AccountSasServices.All, AccountSasResourceTypes.All, "r", TimeSpan.FromMinutes(-1))).DownloadContentAsync());
    }

    [Fact]
    public async Task Account_signature_with_everything_does_everything()
    {
        var query = AccountSignature(AccountSasServices.All, AccountSasResourceTypes.All, "rwdlacu");
        var table = Table(query);

        await table.UpsertEntityAsync(new TableEntity("q", "1"));
        await table.SubmitTransactionAsync([new(TableTransactionActionType.Add, new TableEntity("q", "2")), new(TableTransactionActionType.Delete, new TableEntity("q", "1"), ETag.All)]);
        Assert.Equal("2", Assert.Single(await table.QueryAsync<TableEntity>("PartitionKey eq 'q'").ToListAsync()).RowKey);
        var container = new BlobContainerClient(new Uri($"{listening.Blobs.Uri}{Slash(listening.Blobs.Uri)}{_name}?{query}"));
        await container.UploadBlobAsync("new", BinaryData.FromString("x"));
        Assert.Equal(["a/b c", "new"], (await container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", CancellationToken.None).ToListAsync()).Select(blob => blob.Name));
    }

    [Fact]
    public async Task Signature_of_a_blob_or_a_container_is_good_for_it_alone()
    {
        var client = listening.Blobs.GetBlobContainerClient(_name).GetBlobClient("a/b c");
        var blob = new BlobClient(client.GenerateSasUri(BlobSasPermissions.Read, DateTimeOffset.UtcNow.AddMinutes(5)));
        var container = new BlobContainerClient(listening.Blobs.GetBlobContainerClient(_name).GenerateSasUri(BlobContainerSasPermissions.List, DateTimeOffset.UtcNow.AddMinutes(5)));

        Assert.Equal("content", (await blob.DownloadContentAsync()).Value.Content.ToString());
        await Refused(403, "AuthorizationPermissionMismatch", () => blob.DeleteAsync());
        await Refused(403, "AuthenticationFailed", () => new BlobClient(new Uri(blob.Uri.AbsoluteUri.Replace("c?", "d?", StringComparison.Ordinal))).DownloadContentAsync());
        Assert.Single(await container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", CancellationToken.None).ToListAsync());
        await Refused(403, "AuthorizationPermissionMismatch", () => container.GetBlobClient("a/b c").DownloadContentAsync());
        await Refused(403, "AuthorizationPermissionMismatch", () => container.DeleteAsync());
    }

    [Fact]
    public async Task Signature_of_a_table_is_good_for_it_alone()
    {
        var uri = listening.Tables.GetTableClient(_name).GenerateSasUri(TableSasPermissions.Read | TableSasPermissions.Add, DateTimeOffset.UtcNow.AddMinutes(5));
        var table = new TableClient(uri);

        Assert.Equal(1, (await table.GetEntityAsync<TableEntity>("p", "r")).Value.GetInt32("A"));
        await table.AddEntityAsync(new TableEntity("p", "added"));
        await Refused(403, "AuthorizationPermissionMismatch", () => table.UpsertEntityAsync(new TableEntity("p", "s")));
        await Refused(403, "AuthorizationPermissionMismatch", () => table.DeleteEntityAsync("p", "r"));
        await Refused(403, "AuthorizationPermissionMismatch", () => table.SubmitTransactionAsync([new(TableTransactionActionType.Add, new TableEntity("p", "t"))]));
        await listening.Tables.GetTableClient(_name + "x").CreateAsync();
        await Refused(403, "AuthenticationFailed", () => new TableClient(new Uri(uri.AbsoluteUri.Replace($"/{_name}?", $"/{_name}x?", StringComparison.Ordinal))).GetEntityAsync<TableEntity>("p", "r"));
    }

    [Fact]
    public async Task Host_of_another_name_is_refused_whatever_the_signature()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{listening.Blobs.Uri}{Slash(listening.Blobs.Uri)}{_name}?restype=container&{AccountSignature(AccountSasServices.All, AccountSasResourceTypes.All, "r")}");
        request.Headers.Host = "evil.example";

        using var refusal = await http.SendAsync(request);

        Assert.Equal((HttpStatusCode.BadRequest, "InvalidHeaderValue"), (refusal.StatusCode, Assert.Single(refusal.Headers.GetValues("x-ms-error-code"))));
    }

    [Fact]
    public async Task Ports_that_are_taken_or_impossible_are_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var folder = Directory.CreateTempSubdirectory("jobs-ports-").FullName;
        await using (var storage = EmbeddedStorage.Open(folder))
        {
            foreach (var port in new[] { ((IPEndPoint)taken.LocalEndpoint).Port, 0, 65534 })
            {
                var failure = await Assert.ThrowsAsync<EmbeddedStorageException>(() => StorageListener.StartAsync(storage, port, TimeProvider.System, CancellationToken.None));
                Assert.DoesNotContain('\n', failure.Message);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private TableClient Table(string query) => new(new Uri($"{listening.Tables.Uri}{Slash(listening.Tables.Uri)}{_name}?{query}"));

    private BlobClient Blob(string query) => new(new Uri($"{listening.Blobs.Uri}{Slash(listening.Blobs.Uri)}{_name}/a%2Fb%20c?{query}"));

    private static string AccountSignature(AccountSasServices services, AccountSasResourceTypes types, string permissions, TimeSpan? validFor = null)
    {
        var builder = new AccountSasBuilder
        {
            Services = services,
            ResourceTypes = types,
            Protocol = SasProtocol.HttpsAndHttp,
            ExpiresOn = DateTimeOffset.UtcNow + (validFor ?? TimeSpan.FromMinutes(5)),
        };
        builder.SetPermissions(permissions);
        return builder.ToSasQueryParameters(new StorageSharedKeyCredential(EmulatorAccount.Name, EmulatorAccount.Key)).ToString();
    }

    private static string Slash(Uri uri) => uri.AbsoluteUri.EndsWith('/') ? "" : "/";

    private static async Task Refused(int status, string code, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAnyAsync<RequestFailedException>(call);
        Assert.Equal((status, code), (refusal.Status, refusal.ErrorCode));
    }

    /// <summary>Signs nothing itself: it makes the date old before the client's own policy signs.</summary>
    private sealed class OldDate : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message) =>
            message.Request.Headers.SetValue("x-ms-date", DateTimeOffset.UtcNow.AddMinutes(-20).ToString("R", CultureInfo.InvariantCulture));
    }
}
