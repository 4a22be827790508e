using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Jobs.Conformance.Suites;

/// <summary>What the Blob service does, asserted of every store behind the client.</summary>
public abstract class BlobConformance(BlobServiceClient service, Differences differences) : IAsyncLifetime
{
    private readonly BlobContainerClient _container = service.GetBlobContainerClient($"c-{Guid.NewGuid():N}");

    public static TheoryData<string> AwkwardNames { get; } =
    [
        "UPPER and lower",
        "folder/file.txt",
        "folder//file",
        ".hidden",
        "a..b",
        "percent %2F %2e%2e plus + and & = ; , : @ $ ! * ( ) [ ] ' ~ ?query #fragment",
        "Grüße/世界/emoji 🎉",
        ".../dots",
        "con",
        new string('n', 1024),
        string.Concat(Enumerable.Repeat("Ü/", 500)) + "end",
    ];

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

    [Theory]
    [MemberData(nameof(AwkwardNames))]
    public async Task Awkward_name_is_written_read_listed_and_deleted(string name)
    {
        await Blob(name).UploadAsync(BinaryData.FromString(name));

        Assert.Equal(name, await Read(name));
        Assert.Equal([name], (await List("")).Select(item => item.Name));
        Assert.Equal([name], (await List(name[..1])).Select(item => item.Name));
        Assert.True((await Blob(name).DeleteIfExistsAsync()).Value);
        Assert.Empty(await List(""));
    }

    [Fact]
    public async Task Names_that_differ_in_case_or_in_encoding_are_different_blobs()
    {
        string[] names = ["a/b", "A/b", "a%2fb", "a%2Fb", "a~b", "a%b"];
        foreach (var name in names)
            await Blob(name).UploadAsync(BinaryData.FromString(name));

        foreach (var name in names)
            Assert.Equal(name, await Read(name));
        Assert.Equal(names.Order(StringComparer.Ordinal), (await List("")).Select(item => item.Name));
    }

    [Fact]
    public async Task Listing_has_the_blobs_of_a_prefix_in_order_with_size_and_time()
    {
        foreach (var name in new[] { "b/2", "a/1", "b/1", "b", "b/10", "c" })
            await Blob(name).UploadAsync(BinaryData.FromString(name));

        var items = await List("b/");

        Assert.Equal(["b/1", "b/10", "b/2"], items.Select(item => item.Name));
        Assert.Equal([3, 4, 3], items.Select(item => item.Properties.ContentLength));
        Assert.All(items, item => Assert.InRange(item.Properties.LastModified!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(2)));
        Assert.Empty(await List("none"));
    }

    [Fact]
    public async Task Listing_continues_page_by_page()
    {
        for (var i = 0; i < 7; i++)
            await Blob($"{i}").UploadAsync(BinaryData.FromString("x"));

        var pages = await _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", CancellationToken.None).AsPages(null, 3).ToListAsync();
        var rest = await _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", CancellationToken.None).AsPages(pages[0].ContinuationToken, 3).ToListAsync();

        Assert.Equal([3, 3, 1], pages.Select(page => page.Values.Count));
        Assert.Equal(["3", "4", "5", "6"], rest.SelectMany(page => page.Values).Select(item => item.Name));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("ends.")]
    [InlineData("ends/")]
    [InlineData("back\\slash")]
    [InlineData("line\nbreak")]
    public void Name_that_no_address_carries_is_refused(string name) => Assert.Equal(400, Assert.Throws<RequestFailedException>(() => Blob(name)).Status);

    [Fact]
    public void Name_with_half_a_surrogate_pair_is_refused() => Assert.Equal(400, Assert.Throws<RequestFailedException>(() => Blob("half\uD800")).Status);

    [Fact]
    public void Name_has_at_most_1024_characters()
    {
        Assert.Equal(1024, Blob(new string('a', 1024)).Name.Length);
        Assert.Equal(400, Assert.Throws<RequestFailedException>(() => Blob(new string('a', 1025))).Status);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("UPPER")]
    [InlineData("-a-")]
    [InlineData("a--b")]
    [InlineData("..")]
    [InlineData("a/b")]
    public void Container_name_that_is_not_allowed_is_refused(string name) =>
        Assert.Equal(400, Assert.Throws<RequestFailedException>(() => service.GetBlobContainerClient(name)).Status);

    [Fact]
    public async Task Options_that_are_not_mirrored_are_refused_by_name()
    {
        await Named("IfNoneMatch", () => Blob("a").UploadAsync(BinaryData.FromString("x"), Options("text/plain", new ETag("\"1\""))));
        await Named("conditions", () => Blob("a").DeleteIfExistsAsync(conditions: new BlobRequestConditions()));
        await Named("metadata", () => _container.CreateIfNotExistsAsync(metadata: new Dictionary<string, string>()));
        await Named("traits", () => Task.FromResult(_container.GetBlobsAsync((BlobTraits)2, BlobStates.None, "", CancellationToken.None)));

        static async Task Named(string name, Func<Task> call) => Assert.Contains(name, (await Assert.ThrowsAsync<NotSupportedException>(call)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_type_with_a_line_break_is_400() =>
        await Refused(400, "InvalidHeaderValue", () => Blob("a").UploadAsync(BinaryData.FromString("x"), Options("text/plain\r\nx-evil: 1")));

    private static BlobUploadOptions Options(string contentType, ETag? ifNoneMatch = null) => new()
    {
        HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
        Conditions = ifNoneMatch is null ? null : new BlobRequestConditions { IfNoneMatch = ifNoneMatch },
    };

    private static async Task Refused(int status, string code, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(call);
        Assert.Equal((status, code), (refusal.Status, refusal.ErrorCode));
    }

    private BlobClient Blob(string name) => _container.GetBlobClient(name);

    private async Task<string> Read(string name) => (await Blob(name).DownloadContentAsync(CancellationToken.None)).Value.Content.ToString();

    private async Task<List<BlobItem>> List(string prefix) =>
        await _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, CancellationToken.None).ToListAsync();
}
