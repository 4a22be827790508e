using Azure.Data.Tables;
using Jobs.Local.Storage;
using Jobs.Local.Storage.Protocol;
using Jobs.Local.Storage.Tables;

namespace Jobs.Conformance.Embedded;

/// <summary>A folder that cannot be used is one line for the user, and one of before the real clients is used on.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-opening-").FullName;

    private string Database => Path.Combine(_folder, "tables.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_that_is_no_database_is_named()
    {
        File.WriteAllText(Database, new string('x', 10_000));

        AssertOneLine("is damaged or is no database");
    }

    [Fact]
    public async Task Damaged_database_is_named()
    {
        await EmbeddedStorage.Open(_folder).DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(Database);
        bytes.AsSpan(100, 3_000).Fill(0xFF);
        await File.WriteAllBytesAsync(Database, bytes);

        AssertOneLine("is damaged or is no database");
    }

    [Fact]
    public async Task Database_of_a_newer_program_is_refused_and_left_alone()
    {
        await EmbeddedStorage.Open(_folder).DisposeAsync();
        using (var session = new SqliteSession(Database, $"PRAGMA user_version = {TableDatabase.SchemaVersion + 1}"))
            Assert.Equal(TableDatabase.SchemaVersion + 1, session.Number("PRAGMA user_version"));

        AssertOneLine("newer version");

        using var after = TableDatabase.OpenForReading(Database);
        Assert.Equal(TableDatabase.SchemaVersion + 1, after.Number("PRAGMA user_version"));
    }

    [Fact]
    public void Folder_that_is_a_file_is_named()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        var failure = Assert.Throws<EmbeddedStorageException>(() => EmbeddedStorage.Open(file));

        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_of_before_the_real_clients_is_used_on()
    {
        using (var session = new SqliteSession(Database,
            """
            CREATE TABLE tables (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
            CREATE TABLE entities (
              table_id INTEGER NOT NULL, partition_key TEXT NOT NULL, row_key TEXT NOT NULL, timestamp INTEGER NOT NULL, properties BLOB NOT NULL,
              PRIMARY KEY (table_id, partition_key, row_key));
            INSERT INTO tables (name) VALUES ('Jobs');
            INSERT INTO entities VALUES (1, 'p', 'r', 639000000000000000, CAST('{"L@odata.type":"Edm.Int64","L":"7","S":"text"}' AS BLOB));
            """))
        {
        }

        await using var storage = EmbeddedStorage.Open(_folder);
        var table = new TableServiceClient(EmbeddedStorage.ConnectionString, new TableClientOptions { Transport = storage.Transport }).GetTableClient("Jobs");

        var read = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;
        Assert.Equal((7L, "text"), (read.GetInt64("L"), read.GetString("S")));
        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["S"] = "new" });
        Assert.Single(await table.QueryAsync<TableEntity>("L eq 7L and S eq 'new'").ToListAsync());
    }

    private void AssertOneLine(string expected)
    {
        var failure = Assert.Throws<EmbeddedStorageException>(() => EmbeddedStorage.Open(_folder));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains(Database, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }
}
