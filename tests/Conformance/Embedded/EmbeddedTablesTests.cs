using Azure;
using Azure.Data.Tables;
using Jobs.Conformance.Suites;
using Jobs.Local.Storage;
using Jobs.Local.Storage.Tables;

namespace Jobs.Conformance.Embedded;

public sealed class LocalTableStoreTests : IDisposable
{
    private readonly LocalFolderFixture _local = new();

    public void Dispose() => _local.Dispose();

    [Fact]
    public async Task Clients_of_one_folder_share_its_store_however_it_is_written()
    {
        await Table().CreateIfNotExistsAsync();
        await Table().AddEntityAsync(new TableEntity("p", "r"));

        var other = new TableServiceClient($"LocalFolder={_local.Folder}/").GetTableClient("JOBS");

        Assert.True((await other.GetEntityIfExistsAsync<TableEntity>("p", "r")).HasValue);
        Assert.Same(LocalStores.Tables(_local.Folder), LocalStores.Tables(_local.Folder + "/./"));
    }

    [Fact]
    public async Task Reopened_store_has_what_was_written_with_its_ETags()
    {
        await Table().CreateIfNotExistsAsync();
        var etag = (await Table().AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1L })).Headers.ETag!.Value;

        LocalStores.Close(_local.Folder);

        var read = (await Table().GetEntityAsync<TableEntity>("p", "r")).Value;
        Assert.Equal((1L, etag), (read.GetInt64("A"), read.ETag));
        await Table().UpdateEntityAsync(read, etag);
    }

    [Fact]
    public async Task Transactions_are_counted_by_table_and_kind()
    {
        var (jobs, other) = (Table(), new TableServiceClient(_local.ConnectionString).GetTableClient("Other"));
        await jobs.CreateIfNotExistsAsync();
        await other.CreateIfNotExistsAsync();
        var transactions = LocalStores.Tables(_local.Folder).Transactions;
        var created = transactions.Of("Jobs");

        await jobs.AddEntityAsync(new TableEntity("p", "1"));
        await Assert.ThrowsAsync<RequestFailedException>(() => jobs.AddEntityAsync(new TableEntity("p", "1")));
        await jobs.SubmitTransactionAsync(Enumerable.Range(2, 9).Select(i => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("p", $"{i}"))));
        await jobs.DeleteEntityAsync("p", "none");
        await jobs.GetEntityAsync<TableEntity>("p", "1");
        await jobs.GetEntityIfExistsAsync<TableEntity>("p", "none");
        await jobs.QueryAsync<TableEntity>(maxPerPage: 5).ToListAsync();
        await other.UpsertEntityAsync(new TableEntity("p", "1"));

        Assert.Equal(new TableTransactionCounts(Reads: 0, Writes: 1, Queries: 0), created);
        Assert.Equal(new TableTransactionCounts(Reads: 2, Writes: 5, Queries: 2), transactions.Of("Jobs"));
        Assert.Equal(new TableTransactionCounts(Reads: 0, Writes: 2, Queries: 0), transactions.Of("Other"));
        Assert.Equal(default, transactions.Of("None"));
        Assert.Equal(7, transactions.All.Sum(table => table.Value.Writes));
    }

    [Fact]
    public async Task Write_that_the_limits_refuse_is_not_counted()
    {
        await Table().CreateIfNotExistsAsync();

        await Assert.ThrowsAsync<RequestFailedException>(() => Table().AddEntityAsync(new TableEntity("p/", "r")));

        Assert.Equal(1, LocalStores.Tables(_local.Folder).Transactions.Of("Jobs").Writes);
    }

    [Fact]
    public async Task Merge_cannot_grow_an_entity_past_its_limits()
    {
        await Table().CreateIfNotExistsAsync();
        var entity = new TableEntity("p", "r");
        for (var i = 0; i < 252; i++)
            entity[$"P{i}"] = i;
        await Table().AddEntityAsync(entity);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => Table().UpsertEntityAsync(new TableEntity("p", "r") { ["One_more"] = 1 }));

        Assert.Equal((400, "TooManyProperties"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task Deleted_and_added_again_entity_has_a_new_ETag()
    {
        await Table().CreateIfNotExistsAsync();
        var first = (await Table().AddEntityAsync(new TableEntity("p", "r"))).Headers.ETag!.Value;
        await Table().DeleteEntityAsync("p", "r");
        await Table().AddEntityAsync(new TableEntity("p", "r"));

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => Table().UpdateEntityAsync(new TableEntity("p", "r"), first));

        Assert.Equal(412, refusal.Status);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("!! ??")]
    public async Task Continuation_token_of_somebody_else_is_400(string token)
    {
        await Table().CreateIfNotExistsAsync();

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(async () => await Table().QueryAsync<TableEntity>().AsPages(token).ToListAsync());

        Assert.Equal(400, refusal.Status);
    }

    [Fact]
    public async Task Keys_are_in_the_order_of_code_points_and_ranges_agree()
    {
        string[] keys = ["z", "\uFFFD", "😀"];
        await Table().CreateIfNotExistsAsync();
        foreach (var key in keys)
            await Table().AddEntityAsync(new TableEntity("p", key));

        var all = await Table().QueryAsync<TableEntity>().ToListAsync();
        var above = await Table().QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {"p"} and RowKey gt {"\uFFFD"}")).ToListAsync();

        Assert.Equal(keys, all.Select(entity => entity.RowKey));
        Assert.Equal("😀", Assert.Single(above).RowKey);
    }

    [Fact]
    public async Task Filter_nested_too_deep_is_400()
    {
        await Table().CreateIfNotExistsAsync();
        static string Nested(int depth) => new string('(', depth) + "PartitionKey eq 'p'" + new string(')', depth);

        Assert.Empty(await Table().QueryAsync<TableEntity>(Nested(ODataFilter.MaxDepth - 1)).ToListAsync());
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(async () => await Table().QueryAsync<TableEntity>(Nested(ODataFilter.MaxDepth)).ToListAsync());

        Assert.Equal((400, "InvalidInput"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task Many_writers_readers_and_queries_at_once_agree_in_the_end()
    {
        await Table().CreateIfNotExistsAsync();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await Table().AddEntityAsync(new TableEntity($"{writer}", $"{i:D3}"));
                Assert.True((await Table().GetEntityIfExistsAsync<TableEntity>($"{writer}", $"{i:D3}")).HasValue);
                Assert.Equal(i + 1, (await Table().QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {$"{writer}"}")).ToListAsync()).Count);
            }
        })));

        Assert.Equal(800, (await Table().QueryAsync<TableEntity>().ToListAsync()).Count);
    }

    private TableClient Table() => new TableServiceClient(_local.ConnectionString).GetTableClient("Jobs");
}
