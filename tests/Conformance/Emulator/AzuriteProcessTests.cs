using Azure.Data.Tables;
using Jobs.Local.Emulator;

namespace Jobs.Conformance.Emulator;

public sealed class AzuriteProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-azurite-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Missing_package_says_how_to_get_it()
    {
        var package = Directory.CreateDirectory(Path.Combine(_folder, "build", "azurite")).FullName;
        await File.WriteAllTextAsync(Path.Combine(package, "package.json"), "{}");

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => AzuriteProcess.StartAsync(_folder, null, CancellationToken.None));

        Assert.Contains($"run npm ci in {package}", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_outside_of_the_repository_is_named()
    {
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => AzuriteProcess.StartAsync(_folder, null, CancellationToken.None));

        Assert.Contains(_folder, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_saves_what_was_written()
    {
        var location = Path.Combine(_folder, "azurite");
        await using (var azurite = await AzuriteProcess.StartAsync(AppContext.BaseDirectory, location, CancellationToken.None))
        {
            await Table(azurite).CreateIfNotExistsAsync();
            await Table(azurite).AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1 });
        }

        await using var again = await AzuriteProcess.StartAsync(AppContext.BaseDirectory, location, CancellationToken.None);

        Assert.Equal(1, (await Table(again).GetEntityAsync<TableEntity>("p", "r")).Value.GetInt32("A"));
    }

    private static TableClient Table(AzuriteProcess azurite) => new TableServiceClient(azurite.ConnectionString).GetTableClient("Jobs");
}
