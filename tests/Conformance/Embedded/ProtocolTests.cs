using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Jobs.Conformance.Suites;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Conformance.Embedded;

/// <summary>What other clients than .NET's send and see: the bytes of the protocols.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private static readonly string Tables = EmulatorAccount.Endpoint(EmulatorAccount.DefaultBlobPort + EmulatorAccount.TablePortOffset);
    private static readonly string Blobs = EmulatorAccount.Endpoint(EmulatorAccount.DefaultBlobPort);

    private readonly EmbeddedStorageFixture _embedded = new();
    private HttpClient? _http;

    public async Task InitializeAsync()
    {
        await _embedded.InitializeAsync();
        _http = new HttpClient(_embedded.Storage.Handler, disposeHandler: false);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Post, $"{Tables}/Tables", """{"TableName":"Jobs"}""", ("Prefer", "return-no-content"))).StatusCode);
    }

    public Task DisposeAsync()
    {
        _http!.Dispose();
        return _embedded.DisposeAsync();
    }

    [Theory]
    [InlineData("application/json;odata=nometadata", "PartitionKey RowKey Timestamp L T D N S")]
    [InlineData("application/json;odata=minimalmetadata", "odata.metadata odata.etag PartitionKey RowKey Timestamp L@odata.type L T@odata.type T D N@odata.type N S")]
    [InlineData("application/json", "odata.metadata odata.etag PartitionKey RowKey Timestamp L@odata.type L T@odata.type T D N@odata.type N S")]
    [InlineData("application/json;odata=fullmetadata",
        "odata.metadata odata.type odata.id odata.editLink odata.etag PartitionKey RowKey Timestamp@odata.type Timestamp L@odata.type L T@odata.type T D@odata.type D N@odata.type N S@odata.type S")]
    public async Task Entity_has_as_much_metadata_as_was_asked_for(string accept, string names)
    {
        await InsertAsync();

        var entity = await JsonAsync(await SendAsync(HttpMethod.Get, Entity, null, ("Accept", accept)));
        var queried = (await JsonAsync(await SendAsync(HttpMethod.Get, $"{Tables}/Jobs()?$filter=RowKey%20eq%20'r'", null, ("Accept", accept)))).GetProperty("value")[0];

        Assert.Equal(names, string.Join(' ', entity.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(names.Replace("odata.metadata ", "", StringComparison.Ordinal), string.Join(' ', queried.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(("5", "NaN", "2026-01-02T03:04:05.0000000Z"), (entity.GetProperty("L").GetString(), entity.GetProperty("N").GetString(), entity.GetProperty("T").GetString()));

        // A whole double keeps its fraction, or it would be read as an integer.
        Assert.Equal("5.0", entity.GetProperty("D").GetRawText());
    }

    [Fact]
    public async Task Insert_gives_the_entity_back_unless_asked_not_to()
    {
        var created = await SendAsync(HttpMethod.Post, $"{Tables}/Jobs", """{"PartitionKey":"p","RowKey":"it's","A":1}""", ("Accept", "application/json;odata=nometadata"));
        var silent = await SendAsync(HttpMethod.Post, $"{Tables}/Jobs", """{"PartitionKey":"p","RowKey":"b"}""", ("Prefer", "return-no-content"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NoContent), (created.StatusCode, silent.StatusCode));
        Assert.Equal(1, (await JsonAsync(created)).GetProperty("A").GetInt32());
        Assert.Equal("return-no-content", Assert.Single(silent.Headers.GetValues("Preference-Applied")));
        Assert.Equal($"{Tables}/Jobs(PartitionKey='p',RowKey='it''s')", Uri.UnescapeDataString(created.Headers.Location!.OriginalString));
        Assert.StartsWith("W/\"datetime'", Assert.Single(created.Headers.GetValues("ETag")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_is_understood_as_a_method_and_through_a_post()
    {
        await InsertAsync();

        var merged = await SendAsync(new HttpMethod("MERGE"), Entity, """{"A":1}""", ("If-Match", "*"));
        var tunnelled = await SendAsync(HttpMethod.Post, Entity, """{"B":2}""", ("If-Match", "*"), ("X-HTTP-Method", "MERGE"));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (merged.StatusCode, tunnelled.StatusCode));
        var entity = await JsonAsync(await SendAsync(HttpMethod.Get, Entity, null));
        Assert.Equal((1, 2, "text"), (entity.GetProperty("A").GetInt32(), entity.GetProperty("B").GetInt32(), entity.GetProperty("S").GetString()));
    }

    [Theory]
    [InlineData("""{"RowKey":"r"}""", "PropertiesNeedValue")]
    [InlineData("""{"PartitionKey":"p","RowKey":5}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A":1,"A":2}""", "DuplicatePropertiesSpecified")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A":{"b":1}}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A":[1]}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A@odata.type":"Edm.Int64","A":"five"}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A@odata.type":"Edm.Guid","A":"x"}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A@odata.type":"Edm.Binary","A":"???"}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A@odata.type":"Edm.DateTime","A":"soon"}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A@odata.type":"Edm.Unknown","A":"x"}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A":1e999}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r","A":"\ud800"}""", "InvalidInput")]
    [InlineData("""{"PartitionKey":"p","RowKey":"r",""", "InvalidInput")]
    [InlineData("[]", "InvalidInput")]
    [InlineData("", "InvalidInput")]
    public async Task Body_that_is_no_entity_is_400_in_the_services_words(string body, string code)
    {
        var refusal = await SendAsync(HttpMethod.Post, $"{Tables}/Jobs", body);

        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        var error = (await JsonAsync(refusal)).GetProperty("odata.error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(code, Assert.Single(refusal.Headers.GetValues("x-ms-error-code")));
        Assert.NotEmpty(error.GetProperty("message").GetProperty("value").GetString()!);
    }

    [Theory]
    [InlineData("DELETE", "/Jobs(PartitionKey='p',RowKey='r')", null, 400, "MissingRequiredHeader")]
    [InlineData("PUT", "/Jobs(PartitionKey='p',RowKey='r')", "no-etag", 400, "InvalidInput")]
    [InlineData("GET", "/Jobs(PartitionKey='p')", null, 400, "InvalidInput")]
    [InlineData("GET", "/Jobs(PartitionKey='p',RowKey='r", null, 400, "InvalidInput")]
    [InlineData("GET", "/Jobs(RowKey='r',PartitionKey='p',PartitionKey='q')", null, 400, "InvalidInput")]
    [InlineData("GET", "/Jobs()?$top=none", null, 400, "InvalidInput")]
    [InlineData("GET", "/Jobs()?NextPartitionKey=nonsense", null, 400, "InvalidInput")]
    [InlineData("PATCH", "/Jobs", null, 405, "UnsupportedHttpVerb")]
    [InlineData("POST", "/$batch", null, 400, "InvalidInput")]
    public async Task Request_against_the_protocol_is_refused(string method, string path, string? ifMatch, int status, string code)
    {
        var refusal = await SendAsync(new HttpMethod(method), Tables + path, "{}", ifMatch is null ? [] : [("If-Match", ifMatch)]);

        Assert.Equal((status, code), ((int)refusal.StatusCode, Assert.Single(refusal.Headers.GetValues("x-ms-error-code"))));
    }

    [Fact]
    public async Task Refused_batch_is_202_with_the_refusal_inside()
    {
        await InsertAsync();
        var part = $"POST {Tables}/Jobs HTTP/1.1\r\nContent-Type: application/json\r\n\r\n";
        var body = "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
            + $"--c\r\nContent-Type: application/http\r\n\r\n{part}{{\"PartitionKey\":\"p\",\"RowKey\":\"new\"}}\r\n"
            + $"--c\r\nContent-Type: application/http\r\n\r\n{part}{{\"PartitionKey\":\"p\",\"RowKey\":\"r\"}}\r\n"
            + "--c--\r\n--b--\r\n";

        var answer = await SendAsync(HttpMethod.Post, $"{Tables}/$batch", body, ("Content-Type", "multipart/mixed; boundary=b"));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("HTTP/1.1 409 Conflict", text, StringComparison.Ordinal);
        Assert.Contains("\"1:The specified entity already exists.", text, StringComparison.Ordinal);
        Assert.Single(text.Split("HTTP/1.1 ").Skip(1));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"{Tables}/Jobs(PartitionKey='p',RowKey='new')", null)).StatusCode);
    }

    [Theory]
    [InlineData("no boundary at all")]
    [InlineData("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--\r\n")]
    [InlineData("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nno header\r\n--c--\r\n--b--\r\n")]
    [InlineData("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nPOST\r\n\r\n--c--\r\n--b--\r\n")]
    public async Task Malformed_batch_is_400(string body)
    {
        var refusal = await SendAsync(HttpMethod.Post, $"{Tables}/$batch", body, ("Content-Type", "multipart/mixed; boundary=b"));

        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
    }

    [Fact]
    public async Task Refusal_of_the_blob_service_is_XML_and_a_header()
    {
        var refusal = await SendAsync(HttpMethod.Get, $"{Blobs}/nowhere/blob", null);

        Assert.Equal((HttpStatusCode.NotFound, "application/xml"), (refusal.StatusCode, refusal.Content.Headers.ContentType!.MediaType));
        Assert.Equal("ContainerNotFound", Assert.Single(refusal.Headers.GetValues("x-ms-error-code")));
        Assert.Contains("<Error><Code>ContainerNotFound</Code><Message>", await refusal.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/box/blob", 400, "MissingRequiredHeader")]
    [InlineData("GET", "/box", 400, "InvalidQueryParameterValue")]
    [InlineData("PUT", "/box/blob?comp=lease", 501, "NotImplemented")]
    [InlineData("GET", "/box/blob?snapshot=1", 501, "NotImplemented")]
    [InlineData("GET", "/box?restype=container&comp=list&maxresults=0", 400, "OutOfRangeQueryParameterValue")]
    [InlineData("PUT", "/box/blob?comp=block", 400, "MissingRequiredQueryParameter")]
    [InlineData("PUT", "/box/blob?comp=block&blockid=%21%21", 400, "InvalidQueryParameterValue")]
    [InlineData("PUT", "/box/blob?comp=blocklist", 400, "InvalidXmlDocument")]
    [InlineData("PATCH", "/box/blob", 405, "UnsupportedHttpVerb")]
    public async Task Blob_request_against_the_protocol_is_refused(string method, string path, int status, string code)
    {
        await SendAsync(HttpMethod.Put, $"{Blobs}/box?restype=container", "");

        var refusal = await SendAsync(new HttpMethod(method), Blobs + path, "{}");

        Assert.Equal((status, code), ((int)refusal.StatusCode, Assert.Single(refusal.Headers.GetValues("x-ms-error-code"))));
    }

    [Fact]
    public async Task Checksum_of_a_blob_is_given_for_a_range_and_checked_on_upload()
    {
        // The check value of this CRC-64 for the digits, as the service's clients compute it.
        await SendAsync(HttpMethod.Put, $"{Blobs}/box?restype=container", "");
        var written = await SendAsync(HttpMethod.Put, $"{Blobs}/box/blob", "123456789", ("x-ms-blob-type", "BlockBlob"));
        var read = await SendAsync(HttpMethod.Get, $"{Blobs}/box/blob", null, ("x-ms-range", "bytes=0-8"), ("x-ms-range-get-content-crc64", "true"));
        var crc = Assert.Single(read.Headers.GetValues("x-ms-content-crc64"));

        var same = await SendAsync(HttpMethod.Put, $"{Blobs}/box/blob", "123456789", ("x-ms-blob-type", "BlockBlob"), ("x-ms-content-crc64", crc));
        var other = await SendAsync(HttpMethod.Put, $"{Blobs}/box/blob", "123456780", ("x-ms-blob-type", "BlockBlob"), ("x-ms-content-crc64", crc));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.BadRequest), (written.StatusCode, same.StatusCode, other.StatusCode));
        Assert.Equal("Crc64Mismatch", Assert.Single(other.Headers.GetValues("x-ms-error-code")));
    }

    [Fact]
    public async Task Fault_of_the_disk_is_503_and_heals_by_itself()
    {
        await SendAsync(HttpMethod.Put, $"{Blobs}/box?restype=container", "");
        var temporary = Path.Combine(_embedded.Folder, "blobs", ".writing");
        Directory.Delete(temporary);

        var refused = await SendAsync(HttpMethod.Put, $"{Blobs}/box/blob", "x", ("x-ms-blob-type", "BlockBlob"));
        Directory.CreateDirectory(temporary);
        var healed = await SendAsync(HttpMethod.Put, $"{Blobs}/box/blob", "x", ("x-ms-blob-type", "BlockBlob"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ServerBusy"), (refused.StatusCode, Assert.Single(refused.Headers.GetValues("x-ms-error-code"))));
        Assert.Equal(HttpStatusCode.Created, healed.StatusCode);
    }

    [Fact]
    public async Task Body_that_breaks_off_is_503_and_leaves_nothing()
    {
        await SendAsync(HttpMethod.Put, $"{Blobs}/box?restype=container", "");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Blobs}/box/blob") { Content = new StreamContent(new BreakingStream()) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");

        var refused = await _http!.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"{Blobs}/box/blob", null)).StatusCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_embedded.Folder, "blobs", ".writing")));
    }

    private static string Entity => $"{Tables}/Jobs(PartitionKey='p',RowKey='r')";

    private async Task InsertAsync() => Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(
        HttpMethod.Put, Entity,
        """{"L@odata.type":"Edm.Int64","L":"5","T":"2026-01-02T04:04:05+01:00","T@odata.type":"Edm.DateTime","D":5.0,"N@odata.type":"Edm.Double","N":"NaN","S":"text","Nothing":null}""")).StatusCode);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http!.SendAsync(request);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    /// <summary>Some bytes, and then a fault.</summary>
    private sealed class BreakingStream : MemoryStream
    {
        public BreakingStream()
            : base(new byte[10_000])
        {
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The wire was cut.");

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => CopyAsync(destination, cancellationToken);

        private async Task CopyAsync(Stream destination, CancellationToken cancellationToken)
        {
            var buffer = new byte[1_000];
            while (true)
                await destination.WriteAsync(buffer.AsMemory(0, await ReadAsync(buffer, cancellationToken)), cancellationToken);
        }
    }
}
