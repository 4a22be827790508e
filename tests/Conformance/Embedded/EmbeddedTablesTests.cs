using Azure;
using Azure.Data.Tables;
using Jobs.Conformance.Suites;
using Jobs.Local.Storage.Tables;

namespace Jobs.Conformance.Embedded;

/// <summary>What the embedded tables do beyond what clients can tell from outside, or differently from what a service may.</summary>
public sealed class EmbeddedTablesTests : IAsyncLifetime
{
    private readonly EmbeddedStorageFixture _embedded = new();

    public async Task InitializeAsync()
    {
        await _embedded.InitializeAsync();
        await Table().CreateAsync();
    }

    public Task DisposeAsync() => _embedded.DisposeAsync();

    [Fact]
    public async Task Reopened_storage_has_what_was_written_with_its_ETags()
    {
        var etag = (await Table().AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1L })).Headers.ETag!.Value;

        await _embedded.ReopenAsync();

        var read = (await Table().GetEntityAsync<TableEntity>("p", "r")).Value;
        Assert.Equal((1L, etag), (read.GetInt64("A"), read.ETag));
        await Table().UpdateEntityAsync(read, etag);
    }

    [Fact]
    public async Task Table_is_the_same_in_any_case_of_letters()
    {
        await Table().AddEntityAsync(new TableEntity("p", "r"));

        Assert.True((await _embedded.Tables.GetTableClient("JOBS").GetEntityIfExistsAsync<TableEntity>("p", "r")).HasValue);
    }

    [Fact]
    public async Task Transactions_are_counted_by_table_and_kind()
    {
        var (jobs, other) = (Table(), _embedded.Tables.GetTableClient("Other"));
        await other.CreateIfNotExistsAsync();
        var transactions = _embedded.Storage.Transactions;
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
    public async Task Writes_of_many_callers_are_committed_together()
    {
        var before = _embedded.Storage.Commits;

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => Table().AddEntityAsync(new TableEntity("p", $"{i}")))));

        Assert.InRange(_embedded.Storage.Commits - before, 1, 199);
    }

    [Fact]
    public async Task Page_ends_before_it_takes_too_many_bytes()
    {
        const int Bytes = 60_000, Count = 100;
        foreach (var chunk in Enumerable.Range(0, Count).Chunk(50))
        {
            await Table().SubmitTransactionAsync(chunk.Select(i => new TableTransactionAction(
                TableTransactionActionType.Add, new TableEntity("p", $"{i:D3}") { ["A"] = new string('a', Bytes / 2), ["B"] = new string('b', Bytes / 2) })));
        }

        var pages = await Table().QueryAsync<TableEntity>().AsPages().ToListAsync();

        Assert.Equal([(TableLimits.MaxPageBytes / Bytes) + 1, Count - (TableLimits.MaxPageBytes / Bytes) - 1], pages.Select(page => page.Values.Count));
    }

    [Fact]
    public async Task Deleted_and_added_again_entity_has_a_new_ETag()
    {
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

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(async () => await Table().QueryAsync<TableEntity>().AsPages(token).ToListAsync());

        Assert.Equal(400, refusal.Status);
    }

    [Fact]
    public async Task Keys_are_in_the_order_of_code_points_and_ranges_agree()
    {
        string[] keys = ["z", "\uFFFD", "😀"];
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
        static string Nested(int depth) => new string('(', depth) + "PartitionKey eq 'p'" + new string(')', depth);

        Assert.Empty(await Table().QueryAsync<TableEntity>(Nested(ODataFilterParser.MaxDepth - 1)).ToListAsync());
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(async () => await Table().QueryAsync<TableEntity>(Nested(ODataFilterParser.MaxDepth)).ToListAsync());

        Assert.Equal((400, "InvalidInput"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task Many_writers_readers_and_queries_at_once_agree_in_the_end()
    {

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

    private TableClient Table() => _embedded.Tables.GetTableClient("Jobs");
}
