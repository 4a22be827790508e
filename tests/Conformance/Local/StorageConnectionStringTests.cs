using Azure.Data.Tables;
using Jobs.LocalRuntime.Storage;

namespace Jobs.Conformance.Local;

public sealed class StorageConnectionStringTests
{
    [Fact]
    public void Development_storage_is_the_emulators_account_and_ports()
    {
        var account = StorageConnectionString.Parse("UseDevelopmentStorage=true");

        Assert.Equal("devstoreaccount1", account.AccountName);
        Assert.Equal("http://127.0.0.1:10002/devstoreaccount1", account.TableEndpoint!.AbsoluteUri);
        Assert.Equal("http://127.0.0.1:10000/devstoreaccount1", account.BlobEndpoint!.AbsoluteUri);
    }

    [Fact]
    public void Account_has_the_clouds_endpoints()
    {
        var account = StorageConnectionString.Parse("DefaultEndpointsProtocol=https;AccountName=jobs;AccountKey=a2V5PT0=;EndpointSuffix=core.windows.net");

        Assert.Equal(("jobs", "a2V5PT0="), (account.AccountName, account.AccountKey));
        Assert.Equal("https://jobs.table.core.windows.net/", account.TableEndpoint!.AbsoluteUri);
        Assert.Equal("https://jobs.blob.core.windows.net/", account.BlobEndpoint!.AbsoluteUri);
    }

    [Fact]
    public void Named_endpoints_win()
    {
        var account = StorageConnectionString.Parse("AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/a;BlobEndpoint=http://127.0.0.1:2/a;");

        Assert.Equal((1, 2), (account.TableEndpoint!.Port, account.BlobEndpoint!.Port));
    }

    [Fact]
    public void Local_folder_is_a_path() => Assert.Equal("/data/jobs", StorageConnectionString.Parse("LocalFolder=/data/x/../jobs/").LocalFolder);

    [Theory]
    [InlineData("LocalFolder=relative/path")]
    [InlineData("LocalFolder=/data;AccountName=a")]
    [InlineData("UseDevelopmentStorage=false")]
    [InlineData("AccountName=a")]
    [InlineData("AccountKey=a2V5")]
    [InlineData("nonsense")]
    [InlineData("AccountName=a;AccountName=b;AccountKey=a2V5")]
    public void Incomplete_string_is_refused(string text) => Assert.Throws<FormatException>(() => new TableServiceClient(text));

    [Fact]
    public void Setting_that_is_not_mirrored_is_refused_by_name() =>
        Assert.Contains("SharedAccessSignature", Assert.Throws<NotSupportedException>(() => new TableServiceClient("SharedAccessSignature=sig")).Message, StringComparison.Ordinal);
}
