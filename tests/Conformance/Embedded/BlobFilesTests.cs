using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Jobs.Conformance.Suites;
using Jobs.Local.Storage.Blobs;
using Jobs.Local.Storage;

namespace Jobs.Conformance.Embedded;

public sealed class DiskBlobStoreTests : IDisposable
{
    private readonly LocalFolderFixture _local = new();

    public void Dispose() => _local.Dispose();

    [Fact]
    public async Task Reopened_store_has_its_blobs_with_type_and_ETag()
    {
        await Container().CreateIfNotExistsAsync();
        var etag = (await Container().GetBlobClient("a").UploadAsync(
            BinaryData.FromString("x"), new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "text/css" } })).Value.ETag;

        LocalStores.Close(_local.Folder);

        var read = (await Container().GetBlobClient("a").DownloadContentAsync(CancellationToken.None)).Value;
        Assert.Equal(("x", "text/css", etag), (read.Content.ToString(), read.Details.ContentType, read.Details.ETag));
    }

    [Fact]
    public async Task Refused_and_finished_uploads_leave_no_temporary_file()
    {
        await Container().CreateIfNotExistsAsync();
        await Container().GetBlobClient("a").UploadAsync(BinaryData.FromString("x"));
        await Assert.ThrowsAsync<RequestFailedException>(() => Container().GetBlobClient("a").UploadAsync(BinaryData.FromString("x")));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Container().GetBlobClient("b").UploadAsync(BinaryData.FromString("x"), cancellationToken: cancelled.Token));

        Assert.Equal("a", Path.GetFileName(Assert.Single(Directory.GetFiles(_local.Folder, "*", SearchOption.AllDirectories))));
    }

    [Fact]
    public async Task File_that_is_no_blob_is_reported_not_served()
    {
        await Container().CreateIfNotExistsAsync();
        File.WriteAllText(Path.Combine(_local.Folder, "blobs", "artifacts", "a"), "somebody's notes");

        await Assert.ThrowsAsync<InvalidDataException>(() => Container().GetBlobClient("a").DownloadContentAsync(CancellationToken.None));
    }

    [Fact]
    public void Opening_removes_what_a_crashed_writer_left_long_ago_and_nothing_newer()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_local.Folder, "blobs", ".writing")).FullName;
        var (old, recent) = (Path.Combine(folder, "old"), Path.Combine(folder, "recent"));
        File.WriteAllText(old, "");
        File.WriteAllText(recent, "");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));

        _ = new DiskBlobStore(Path.Combine(_local.Folder, "blobs"));

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
    public void File_name_has_harmless_characters_only(string name, string fileName) => Assert.Equal(fileName, BlobFileName.Of(name));

    [Fact]
    public void File_name_of_a_long_name_is_short_and_its_own()
    {
        var fits = BlobFileName.Of(new string('a', 240));
        var (long1, long2) = (BlobFileName.Of(new string('a', 241)), BlobFileName.Of(new string('a', 242)));

        Assert.Equal(new string('a', 240), fits);
        Assert.InRange(long1.Length, 1, 240);
        Assert.NotEqual(long1, long2);
    }

    private BlobContainerClient Container() => new BlobServiceClient(_local.ConnectionString).GetBlobContainerClient("artifacts");
}
