using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Jobs.Conformance.Suites;
using Jobs.Local.Storage.Blobs;

namespace Jobs.Conformance.Embedded;

/// <summary>How blobs lie on the disk.</summary>
public sealed class BlobFilesTests : IAsyncLifetime
{
    private readonly EmbeddedStorageFixture _embedded = new();

    private BlobContainerClient Container => _embedded.Blobs.GetBlobContainerClient("artifacts");

    public async Task InitializeAsync()
    {
        await _embedded.InitializeAsync();
        await Container.CreateAsync(metadata: new Dictionary<string, string> { ["key"] = "value" });
    }

    public Task DisposeAsync() => _embedded.DisposeAsync();

    [Fact]
    public async Task Reopened_storage_has_its_blobs_with_type_and_ETag()
    {
        var etag = (await Container.GetBlobClient("a").UploadAsync(
            BinaryData.FromString("x"), new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "text/css" } })).Value.ETag;

        await _embedded.ReopenAsync();

        var read = (await Container.GetBlobClient("a").DownloadContentAsync()).Value;
        Assert.Equal(("x", "text/css", etag), (read.Content.ToString(), read.Details.ContentType, read.Details.ETag));
        Assert.Equal("value", (await Container.GetPropertiesAsync()).Value.Metadata["key"]);
    }

    [Fact]
    public async Task Blob_of_before_the_real_clients_is_read()
    {
        const string Header = """{"Name":"old","ContentType":"text/css","Ticks":639000000000000000}""";
        await File.WriteAllBytesAsync(PathOf("old"), [.. BitConverter.GetBytes(Header.Length), .. System.Text.Encoding.UTF8.GetBytes(Header + "content")]);

        var read = (await Container.GetBlobClient("old").DownloadContentAsync()).Value;

        Assert.Equal(("content", "text/css"), (read.Content.ToString(), read.Details.ContentType));
    }

    [Fact]
    public async Task Refused_and_finished_uploads_leave_no_temporary_file()
    {
        await Container.GetBlobClient("a").UploadAsync(BinaryData.FromString("x"));
        await Assert.ThrowsAsync<RequestFailedException>(() => Container.GetBlobClient("a").UploadAsync(BinaryData.FromString("x")));
        await Container.GetBlockBlobClient("b").StageBlockAsync(Convert.ToBase64String([1]), new MemoryStream([1]));
        await Container.GetBlobClient("b").UploadAsync(BinaryData.FromString("x"));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Container.GetBlobClient("c").UploadAsync(BinaryData.FromString("x"), cancellationToken: cancelled.Token));

        var files = Directory.GetFiles(Path.Combine(_embedded.Folder, "blobs"), "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)!);
        Assert.Equal([".container", "a", "b"], files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task File_that_is_no_blob_is_reported_not_served()
    {
        await File.WriteAllTextAsync(PathOf("a"), "somebody's notes");

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Container.GetBlobClient("a").DownloadContentAsync());

        Assert.Equal((500, "InternalError"), (failure.Status, failure.ErrorCode));
    }

    [Fact]
    public void Opening_removes_what_a_crashed_writer_left_long_ago_and_nothing_newer()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_embedded.Folder, "blobs", ".writing")).FullName;
        var (old, recent) = (Path.Combine(folder, "old"), Path.Combine(folder, "recent"));
        File.WriteAllText(old, "");
        File.WriteAllText(recent, "");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));

        _ = new DiskBlobStore(Path.Combine(_embedded.Folder, "blobs"));

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(recent));
    }

    [Theory]
    [InlineData("a/b.txt", "a%2fb.txt")]
    [InlineData(".hidden", "%2ehidden")]
    [InlineData("Upper", "%55pper")]
    [InlineData("~", "%7e")]
    [InlineData("../../etc/passwd", "%2e.%2f..%2fetc%2fpasswd")]
    [InlineData("\0", "%00")]
    public void File_name_has_harmless_characters_only(string name, string fileName)
    {
        Assert.Equal(fileName, BlobFileName.Of(name));
        Assert.Equal(name, BlobFileName.NameOf(fileName));
    }

    [Fact]
    public void File_name_of_a_long_name_is_short_and_its_own()
    {
        var fits = BlobFileName.Of(new string('a', 240));
        var (long1, long2) = (BlobFileName.Of(new string('a', 241)), BlobFileName.Of(new string('a', 242)));

        Assert.Equal(new string('a', 240), fits);
        Assert.InRange(long1.Length, 1, 240);
        Assert.NotEqual(long1, long2);
        Assert.Null(BlobFileName.NameOf(long1));
    }

    private string PathOf(string file) => Path.Combine(_embedded.Folder, "blobs", "artifacts", file);
}
