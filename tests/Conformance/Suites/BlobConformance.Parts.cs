using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Jobs.Conformance.Suites;

public abstract partial class BlobConformance
{
    /// <summary>Small parts, so that a small blob is sent and read in several requests.</summary>
    private static readonly StorageTransferOptions SmallParts = new() { InitialTransferSize = 1_000, MaximumTransferSize = 4_000, MaximumConcurrency = 4 };

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(1_001)]
    [InlineData(30_000)]
    public async Task Stream_that_is_sent_and_read_in_parts_comes_back_as_it_went(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        await Blob("a").UploadAsync(new MemoryStream(bytes), new BlobUploadOptions
        {
            TransferOptions = SmallParts,
            HttpHeaders = new BlobHttpHeaders { ContentType = "text/css" },
            Metadata = new Dictionary<string, string> { ["key"] = "value" },
        });

        using var read = new MemoryStream();
        await Blob("a").DownloadToAsync(read, new BlobDownloadToOptions { TransferOptions = SmallParts });

        Assert.Equal(bytes, read.ToArray());
        var properties = (await Blob("a").GetPropertiesAsync()).Value;
        Assert.Equal(("text/css", "value", length), (properties.ContentType, properties.Metadata["key"], properties.ContentLength));
    }

    [Fact]
    public async Task Parts_of_a_blob_that_exists_are_refused_unless_asked()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("first"));

        await Refused(409, "BlobAlreadyExists", () => Blob("a").UploadAsync(new MemoryStream(new byte[5_000]), new BlobUploadOptions
        {
            TransferOptions = SmallParts,
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
        }));

        Assert.Equal("first", await Read("a"));
    }

    [Fact]
    public async Task Blocks_become_a_blob_in_the_order_of_their_list()
    {
        var blocks = _container.GetBlockBlobClient("a");
        foreach (var name in new[] { "one", "two", "six" })
            await blocks.StageBlockAsync(Id(name), new MemoryStream(Id(name + name).Select(c => (byte)c).ToArray()));
        Assert.False((await blocks.ExistsAsync()).Value);

        await blocks.CommitBlockListAsync([Id("two"), Id("one")]);

        Assert.Equal(Id("twotwo") + Id("oneone"), await Read("a"));
        var list = (await blocks.GetBlockListAsync()).Value;
        Assert.Equal([Id("two"), Id("one")], list.CommittedBlocks.Select(block => block.Name));
        Assert.Empty(list.UncommittedBlocks ?? []);

        await blocks.StageBlockAsync(Id("new"), new MemoryStream("+"u8.ToArray()));
        Assert.Equal([Id("new")], (await blocks.GetBlockListAsync(BlockListTypes.Uncommitted)).Value.UncommittedBlocks.Select(block => block.Name));
        await blocks.CommitBlockListAsync([Id("one"), Id("new"), Id("one")]);
        Assert.Equal($"{Id("oneone")}+{Id("oneone")}", await Read("a"));

        static string Id(string name) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(name));
    }

    [Fact]
    public async Task Block_list_with_an_unknown_block_is_400_and_changes_nothing()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("first"));

        await Refused(400, "InvalidBlockList", () => _container.GetBlockBlobClient("a").CommitBlockListAsync([Convert.ToBase64String(new byte[4])]));

        Assert.Equal("first", await Read("a"));
    }

    [Theory]
    [InlineData(0, 4, "0123")]
    [InlineData(3, 2, "34")]
    [InlineData(8, 100, "89")]
    [InlineData(9, null, "9")]
    public async Task Range_is_read_by_itself(long offset, int? length, string expected)
    {
        await Blob("a").UploadAsync(BinaryData.FromString("0123456789"));

        var read = (await Blob("a").DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(offset, length) })).Value;

        Assert.Equal(expected, read.Content.ToString());
        Assert.Equal($"bytes {offset}-{offset + expected.Length - 1}/10", read.Details.ContentRange);
    }

    [Fact]
    public async Task Range_behind_the_end_is_416()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("0123456789"));

        await Refused(416, "InvalidRange", () => Blob("a").DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(10, 1) }), differences.AnswersRangesBehindTheEnd);
    }

    [Fact]
    public async Task Hash_that_the_client_sends_is_checked()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("x"), new BlobUploadOptions { TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 } });

        await Refused(400, "Md5Mismatch", () => _container.GetBlockBlobClient("a").StageBlockAsync(Convert.ToBase64String([1]), new MemoryStream([1]), new BlockBlobStageBlockOptions
        {
            TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5, PrecalculatedChecksum = new byte[16] },
        }));

        Assert.Equal(MD5.HashData("x"u8), (await Blob("a").GetPropertiesAsync()).Value.ContentHash);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(9_000_000)]
    public async Task Checksums_inside_the_body_are_sent_and_checked_both_ways(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        var upload = new BlobUploadOptions { TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.StorageCrc64 } };
        var download = new DownloadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.StorageCrc64, AutoValidateChecksum = true };
        if (differences.IgnoresStructuredBodies)
        {
            // The client notices that its frame was taken for content, unless there was nothing to frame.
            if (length > 0)
                await Assert.ThrowsAsync<InvalidDataException>(() => Blob("a").UploadAsync(new MemoryStream(bytes), upload));
            return;
        }

        await Blob("a").UploadAsync(new MemoryStream(bytes), upload);
        Assert.Equal(bytes, (await Blob("a").DownloadContentAsync(new BlobDownloadOptions { TransferValidation = download })).Value.Content.ToArray());

        upload.TransferOptions = new StorageTransferOptions { InitialTransferSize = 1_000_000, MaximumTransferSize = 4_000_000 };
        await Blob("b").UploadAsync(new MemoryStream(bytes), upload);
        using var read = new MemoryStream();
        await Blob("b").DownloadToAsync(read, new BlobDownloadToOptions { TransferOptions = upload.TransferOptions, TransferValidation = download });
        Assert.Equal(bytes, read.ToArray());
    }

    [Fact]
    public async Task Conditions_decide_by_the_ETag()
    {
        var first = (await Blob("a").UploadAsync(BinaryData.FromString("1"))).Value.ETag;
        var second = (await Blob("a").UploadAsync(BinaryData.FromString("2"), Condition(ifMatch: first))).Value.ETag;

        await Refused(412, "ConditionNotMet", () => Blob("a").UploadAsync(BinaryData.FromString("3"), Condition(ifMatch: first)));
        await Refused(412, "ConditionNotMet", () => Blob("none").UploadAsync(BinaryData.FromString("3"), Condition(ifMatch: first)));
        await Refused(412, "ConditionNotMet", () => Blob("a").DownloadContentAsync(new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = first } }));
        await Refused(412, "ConditionNotMet", () => Blob("a").DeleteAsync(conditions: new BlobRequestConditions { IfMatch = first }));
        var unchanged = await Blob("a").DownloadContentAsync(new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = second } });
        Assert.Equal(304, unchanged.GetRawResponse().Status);
        Assert.Equal("2", await Read("a"));
        await Blob("a").DeleteAsync(conditions: new BlobRequestConditions { IfMatch = second });
        Assert.False((await Blob("a").ExistsAsync()).Value);

        static BlobUploadOptions Condition(ETag ifMatch) => new() { Conditions = new BlobRequestConditions { IfMatch = ifMatch } };
    }

    [Fact]
    public async Task Racing_writers_of_one_version_have_one_winner()
    {
        var etag = (await Blob("a").UploadAsync(BinaryData.FromString("x"))).Value.ETag;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            try
            {
                await Blob("a").UploadAsync(BinaryData.FromString($"{i}"), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfMatch = etag } });
                return 201;
            }
            catch (RequestFailedException e)
            {
                return e.Status;
            }
        }));

        Assert.Equal(1, outcomes.Count(status => status == 201));
        Assert.Equal(11, outcomes.Count(status => status == 412));
        Assert.Equal($"{Array.IndexOf(outcomes, 201)}", await Read("a"));
    }

    [Fact]
    public async Task Headers_and_metadata_are_kept_and_changed_without_the_content()
    {
        await Blob("a").UploadAsync(BinaryData.FromString("x"), new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = "text/html", ContentEncoding = "br", ContentLanguage = "de", ContentDisposition = "inline", CacheControl = "no-store" },
            Metadata = new Dictionary<string, string> { ["first"] = "1" },
        });
        var before = (await Blob("a").GetPropertiesAsync()).Value;
        Assert.Equal(
            ("text/html", "br", "de", "inline", "no-store", "1"),
            (before.ContentType, before.ContentEncoding, before.ContentLanguage, before.ContentDisposition, before.CacheControl, before.Metadata["first"]));

        await Blob("a").SetMetadataAsync(new Dictionary<string, string> { ["second"] = "2" });
        await Blob("a").SetHttpHeadersAsync(new BlobHttpHeaders { ContentType = "text/plain" });

        var after = (await Blob("a").GetPropertiesAsync()).Value;
        Assert.Equal(["second"], after.Metadata.Keys);
        Assert.Equal("text/plain", after.ContentType);
        Assert.True(string.IsNullOrEmpty(after.CacheControl));
        Assert.NotEqual(before.ETag, after.ETag);
        Assert.Equal("x", await Read("a"));
    }

    [Fact]
    public async Task Container_keeps_its_metadata_and_goes_with_its_blobs()
    {
        var container = service.GetBlobContainerClient($"c-{Guid.NewGuid():N}");
        await container.CreateAsync(metadata: new Dictionary<string, string> { ["key"] = "value" });
        await Refused(409, "ContainerAlreadyExists", () => container.CreateAsync());
        await container.UploadBlobAsync("a", BinaryData.FromString("x"));
        Assert.Equal("value", (await container.GetPropertiesAsync()).Value.Metadata["key"]);

        await container.DeleteAsync();

        Assert.False((await container.ExistsAsync()).Value);
        await container.CreateAsync();
        Assert.Empty(await container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "", CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Service_answers_what_tools_ask_first()
    {
        Assert.NotNull((await service.GetPropertiesAsync()).Value);
        Assert.Equal(AccountKind.StorageV2, (await service.GetAccountInfoAsync()).Value.AccountKind);
    }
}
