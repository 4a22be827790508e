using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Jobs.Conformance.Suites;
using Jobs.Local.Storage.Blobs;
using Jobs.Local.Storage.Protocol;
using Jobs.Local.Storage.Tables;

namespace Jobs.Conformance.Embedded;

/// <summary>Limits that are in the bytes of a request, each at it and one past it.</summary>
public sealed class ProtocolLimitsTests : IAsyncLifetime
{
    private static readonly string Tables = EmulatorAccount.Endpoint(EmulatorAccount.DefaultBlobPort + EmulatorAccount.TablePortOffset);
    private static readonly string Blobs = EmulatorAccount.Endpoint(EmulatorAccount.DefaultBlobPort);

    private readonly EmbeddedStorageFixture _embedded = new();
    private HttpClient? _http;

    public async Task InitializeAsync()
    {
        await _embedded.InitializeAsync();
        await _embedded.Tables.GetTableClient("Jobs").CreateAsync();
        await _embedded.Blobs.CreateBlobContainerAsync("box");
        _http = new HttpClient(_embedded.Storage.Handler, disposeHandler: false);
    }

    public Task DisposeAsync()
    {
        _http!.Dispose();
        return _embedded.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 202, null)]
    [InlineData(1, 413, "RequestBodyTooLarge")]
    public async Task Transaction_has_at_most_four_mebibytes(int past, int status, string? code)
    {
        var body = "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
            + $"--c\r\nContent-Type: application/http\r\n\r\nPOST {Tables}/Jobs HTTP/1.1\r\n\r\n{{\"PartitionKey\":\"p\",\"RowKey\":\"r\"}}\r\n--c--\r\n--b--\r\n";

        // What follows the last boundary means nothing, but counts.
        await AssertAsync(status, code, HttpMethod.Post, $"{Tables}/$batch", body.PadRight(TableLimits.MaxTransactionBytes + past), ("Content-Type", "multipart/mixed; boundary=b"));
    }

    [Theory]
    [InlineData(0, 200, null)]
    [InlineData(1, 400, "InvalidInput")]
    public async Task Filter_has_at_most_32_Ki_characters(int past, int status, string? code) =>
        await AssertAsync(status, code, HttpMethod.Get, $"{Tables}/Jobs()?$filter=RowKey%20eq%20'{new string('x', ODataFilterParser.MaxLength - "RowKey eq ''".Length + past)}'", null);

    [Theory]
    [InlineData(0, 201, null)]
    [InlineData(1, 400, "MetadataTooLarge")]
    public async Task Metadata_has_at_most_8_KiB(int past, int status, string? code) =>
        await AssertAsync(status, code, HttpMethod.Put, $"{Blobs}/box/blob", "", ("x-ms-blob-type", "BlockBlob"), ("x-ms-meta-k", new string('v', BlobLimits.MaxMetadataBytes - 1 + past)));

    [Theory]
    [InlineData(BlobLimits.MaxBlockIdBytes, 201, null)]
    [InlineData(BlobLimits.MaxBlockIdBytes + 1, 400, "InvalidQueryParameterValue")]
    public async Task Id_of_a_block_has_at_most_64_bytes(int length, int status, string? code) =>
        await AssertAsync(status, code, HttpMethod.Put, $"{Blobs}/box/blob?comp=block&blockid={Uri.EscapeDataString(Convert.ToBase64String(new byte[length]))}", "x");

    [Theory]
    [InlineData(BlobLimits.MaxBlocks, 201, null)]
    [InlineData(BlobLimits.MaxBlocks + 1, 400, "BlockListTooLong")]
    public async Task Blob_has_at_most_fifty_thousand_blocks(int count, int status, string? code)
    {
        await AssertAsync(201, null, HttpMethod.Put, $"{Blobs}/box/blob?comp=block&blockid=AQ%3D%3D", "x");

        await AssertAsync(status, code, HttpMethod.Put, $"{Blobs}/box/blob?comp=blocklist",
            $"<BlockList>{string.Concat(Enumerable.Repeat("<Latest>AQ==</Latest>", count))}</BlockList>");

        if (code is null)
            Assert.Equal(count, (await _embedded.Blobs.GetBlobContainerClient("box").GetBlobClient("blob").GetPropertiesAsync()).Value.ContentLength);
    }

    [Theory]
    [InlineData(0, 206, null)]
    [InlineData(1, 400, "InvalidHeaderValue")]
    public async Task Range_with_a_hash_has_at_most_four_mebibytes(int past, int status, string? code)
    {
        const int Most = 4 * 1024 * 1024;
        await AssertAsync(201, null, HttpMethod.Put, $"{Blobs}/box/blob", new string('x', Most + 10), ("x-ms-blob-type", "BlockBlob"));

        var range = string.Create(CultureInfo.InvariantCulture, $"bytes=5-{5 + Most - 1 + past}");
        await AssertAsync(status, code, HttpMethod.Get, $"{Blobs}/box/blob", null, ("x-ms-range", range), ("x-ms-range-get-content-md5", "true"));
    }

    [Theory]
    [InlineData("k", 201)]
    [InlineData("_k1", 201)]
    [InlineData("1k", 400)]
    [InlineData("k-k", 400)]
    public async Task Name_of_metadata_is_an_identifier(string name, int status) =>
        await AssertAsync(status, status == 400 ? "InvalidMetadata" : null, HttpMethod.Put, $"{Blobs}/box/blob", "", ("x-ms-blob-type", "BlockBlob"), ($"x-ms-meta-{name}", "v"));

    private async Task AssertAsync(int status, string? code, HttpMethod method, string address, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await _http!.SendAsync(request);

        Assert.Equal((status, code), ((int)answer.StatusCode, answer.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.Single() : null));
    }
}
