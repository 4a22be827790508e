using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Jobs.Conformance.Suites;

/// <summary>What Azure's Blob service does, asserted with its own client of every storage that stands in for it.</summary>
public abstract partial class BlobConformance(BlobServiceClient service, Differences differences) : IAsyncLifetime
{
    private readonly BlobContainerClient _container = service.GetBlobContainerClient($"c-{Guid.NewGuid():N}");

    public async Task InitializeAsync() => await _container.CreateIfNotExistsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Container_created_again_has_no_value_and_keeps_its_blobs()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("kept"));

        Assert.Null(await _container.CreateIfNotExistsAsync());

        Assert.Equal("kept", await Read("a"));
    }

    [Fact]
    public async Task Blob_that_was_written_is_read_with_its_type_and_ETag()
    {
        var before = DateTimeOffset.UtcNow;

        var written = (await Blob("a").UploadAsync(BinaryData.FromString("héllo"), Options("text/plain; charset=utf-8"))).Value;

        var read = (await Blob("a").DownloadContentAsync(CancellationToken.None)).Value;
        Assert.Equal("héllo", read.Content.ToString());
        Assert.Equal("text/plain; charset=utf-8", read.Details.ContentType);
        Assert.Equal(6, read.Details.ContentLength);
        Assert.Equal(written.ETag, read.Details.ETag);
        Assert.InRange(written.LastModified, before.AddSeconds(-2), DateTimeOffset.UtcNow.AddSeconds(2));
    }

    [Fact]
    public void Calls_that_block_work_too()
    {
        Blob("a").Upload(BinaryData.FromString("x"));

        Assert.Equal("x", Blob("a").DownloadContent().Value.Content.ToString());
        Assert.Equal("a", Assert.Single(_container.GetBlobs(BlobTraits.None, BlobStates.None, "", CancellationToken.None)).Name);
        Assert.True(Blob("a").DeleteIfExists().Value);
    }

    [Fact]
    public async Task Blob_without_a_type_is_an_octet_stream()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("x"));

        Assert.Equal("application/octet-stream", (await Blob("a").DownloadContentAsync(CancellationToken.None)).Value.Details.ContentType);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5 * 1024 * 1024)]
    public async Task Bytes_come_back_as_they_went(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);

        await Blob("a").UploadAsync(BinaryData.FromBytes(bytes));

        Assert.Equal(bytes, (await Blob("a").DownloadContentAsync(CancellationToken.None)).Value.Content.ToArray());
    }

    [Fact]
    public async Task Missing_blob_or_container_is_404()
    {
        var missing = service.GetBlobContainerClient($"m-{Guid.NewGuid():N}");

        await Refused(404, "BlobNotFound", () => Blob("none").DownloadContentAsync(CancellationToken.None));
        await Refused(404, "ContainerNotFound", () => missing.GetBlobClient("a").DownloadContentAsync(CancellationToken.None));
        await Refused(404, "ContainerNotFound", () => missing.GetBlobClient("a").UploadAsync(BinaryData.FromString("x")));
        await Refused(404, "ContainerNotFound", async () => await missing.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", CancellationToken.None).ToListAsync());
        await Refused(404, "ContainerNotFound", () => missing.GetPropertiesAsync());
        await Refused(404, "ContainerNotFound", () => missing.DeleteAsync());
        Assert.False((await missing.ExistsAsync()).Value);
        Assert.False((await missing.GetBlobClient("a").ExistsAsync()).Value);
        Assert.False((await missing.GetBlobClient("a").DeleteIfExistsAsync()).Value);
    }

    [Fact]
    public async Task Blob_is_not_overwritten_unless_asked()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("first"));

        await Refused(409, "BlobAlreadyExists", () => Blob("a").UploadAsync(BinaryData.FromString("second")));
        await Refused(409, "BlobAlreadyExists", () => Blob("a").UploadAsync(BinaryData.FromString("second"), Options("text/plain", ETag.All)));
        Assert.Equal("first", await Read("a"));

        await Blob("a").UploadAsync(BinaryData.FromString("third"), overwrite: true);
        Assert.Equal("third", await Read("a"));
        await Blob("a").UploadAsync(BinaryData.FromString("4"), Options("text/plain"));
        Assert.Equal("4", await Read("a"));
    }

    [Fact]
    public async Task Overwriting_changes_the_ETag()
    {
        var first = (await Blob("a").UploadAsync(BinaryData.FromString("x"), overwrite: true)).Value.ETag;
        var second = (await Blob("a").UploadAsync(BinaryData.FromString("x"), overwrite: true)).Value.ETag;

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Racing_creators_have_one_winner_whose_content_stays()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await Blob("a").UploadAsync(BinaryData.FromString($"{i}"), Options("text/plain", ETag.All));
                return 201;
            }
            catch (RequestFailedException e)
            {
                return e.Status;
            }
        }));

        Assert.Equal(1, outcomes.Count(status => status == 201));
        Assert.Equal(15, outcomes.Count(status => status == 409));
        Assert.Equal($"{Array.IndexOf(outcomes, 201)}", await Read("a"));
    }

    [Fact]
    public async Task Reader_beside_overwriting_writers_sees_whole_blobs_only()
    {
        var contents = Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 200_000)).ToArray();
        await Blob("a").UploadAsync(BinaryData.FromString(contents[0]));

        var writers = contents.Select(content => Task.Run(async () =>
        {
            for (var i = 0; i < 5; i++)
                await Blob("a").UploadAsync(BinaryData.FromString(content), overwrite: true);
        })).ToArray();
        for (var i = 0; i < 20; i++)
            Assert.Contains(await Read("a"), contents);
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task Deleted_blob_is_gone_and_deleting_again_says_so()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("x"));
        await Blob("b").UploadAsync(BinaryData.FromString("x"));
        Assert.True((await Blob("a").ExistsAsync()).Value);

        Assert.True((await Blob("a").DeleteIfExistsAsync()).Value);
        Assert.True((await _container.DeleteBlobIfExistsAsync("b")).Value);

        Assert.False((await Blob("a").ExistsAsync()).Value);
        Assert.False((await Blob("a").DeleteIfExistsAsync()).Value);
        Assert.False((await _container.DeleteBlobIfExistsAsync("b")).Value);
        await Refused(404, "BlobNotFound", () => Blob("a").DownloadContentAsync(CancellationToken.None));
    }

    private static BlobUploadOptions Options(string contentType, ETag? ifNoneMatch = null) => new()
    {
        HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
        Conditions = ifNoneMatch is null ? null : new BlobRequestConditions { IfNoneMatch = ifNoneMatch },
    };

    /// <summary>Asserts a refusal, or that there is none where a storage is known to accept what Azure does not.</summary>
    private static async Task Refused(int status, string code, Func<Task> call, bool isAccepted = false)
    {
        if (isAccepted)
        {
            await call();
            return;
        }

        var refusal = await Assert.ThrowsAnyAsync<RequestFailedException>(call);
        Assert.Equal((status, code), (refusal.Status, refusal.ErrorCode ?? ""));
    }

    private BlobClient Blob(string name) => _container.GetBlobClient(name);

    private async Task<string> Read(string name) => (await Blob(name).DownloadContentAsync(CancellationToken.None)).Value.Content.ToString();

    private async Task<List<BlobItem>> List(string prefix) =>
        await _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, CancellationToken.None).ToListAsync();
}
