using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Jobs.Conformance.Suites;

/// <summary>What Azure's Table service does, asserted with its own client of every storage that stands in for it.</summary>
public abstract partial class TableConformance(TableServiceClient service, Differences differences) : IAsyncLifetime
{
    /// <summary>More tables than all tests of a storage make, so that a listing without an end fails.</summary>
    private const int MaxTables = 400;

    private readonly TableClient _table = service.GetTableClient($"T{Guid.NewGuid():N}");

    public Task InitializeAsync() => _table.CreateIfNotExistsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Table_created_again_is_there_and_keeps_its_entities()
    {
        await _table.AddEntityAsync(Entity("p", "r"));

        var again = await _table.CreateIfNotExistsAsync();

        Assert.Equal(_table.Name, again.Value.Name);
        Assert.Equal("r", (await Get("p", "r")).RowKey);
    }

    [Fact]
    public async Task Table_is_listed_until_it_is_deleted_and_comes_back_empty()
    {
        var other = service.GetTableClient($"T{Guid.NewGuid():N}");
        await other.CreateAsync();
        await Refused(409, "TableAlreadyExists", () => other.CreateAsync());
        await other.AddEntityAsync(Entity("p", "r"));
        string[] both = [_table.Name, other.Name];

        Assert.Equal([other.Name], (await service.QueryAsync(table => table.Name == other.Name).ToListAsync()).Select(table => table.Name));
        Assert.Equal(both.Order(StringComparer.Ordinal), (await service.QueryAsync().ToListAsync()).Select(table => table.Name).Intersect(both).Order(StringComparer.Ordinal));

        Assert.Equal(204, (await other.DeleteAsync()).Status);
        Assert.Equal(404, (await other.DeleteAsync()).Status);
        await Refused(404, "TableNotFound", () => other.GetEntityAsync<TableEntity>("p", "r"));
        Assert.Empty(await service.QueryAsync(table => table.Name == other.Name).ToListAsync());
        await other.CreateAsync();
        Assert.Empty(await other.QueryAsync<TableEntity>().ToListAsync());
    }

    [Fact]
    public async Task Tables_are_listed_page_by_page()
    {
        await service.GetTableClient($"T{Guid.NewGuid():N}").CreateAsync();
        await service.GetTableClient($"T{Guid.NewGuid():N}").CreateAsync();

        var pages = await service.QueryAsync(maxPerPage: 1).AsPages().Take(MaxTables).ToListAsync();

        Assert.NotEqual(MaxTables, pages.Count);
        Assert.All(pages.SkipLast(1), page => Assert.Single(page.Values));
        Assert.Contains(_table.Name, pages.SelectMany(page => page.Values).Select(table => table.Name));
    }

    [Fact]
    public async Task Table_created_by_many_at_once_is_there_for_all()
    {
        var table = service.GetTableClient($"T{Guid.NewGuid():N}");

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => table.CreateIfNotExistsAsync()));

        await table.AddEntityAsync(Entity("p", "r"));
    }

    [Fact]
    public async Task Missing_table_is_404_for_every_operation_but_read_if_exists_and_delete()
    {
        var missing = service.GetTableClient($"T{Guid.NewGuid():N}");

        await Refused(404, "TableNotFound", () => missing.AddEntityAsync(Entity("p", "r")));
        await Refused(404, "TableNotFound", () => missing.UpsertEntityAsync(Entity("p", "r")));
        await Refused(404, "TableNotFound", () => missing.UpdateEntityAsync(Entity("p", "r"), ETag.All));
        await Refused(404, "TableNotFound", () => missing.GetEntityAsync<TableEntity>("p", "r"));
        await Refused(404, "TableNotFound", async () => await missing.QueryAsync<TableEntity>().ToListAsync());
        Assert.False((await missing.GetEntityIfExistsAsync<TableEntity>("p", "r")).HasValue);
        Assert.Equal(404, (await missing.DeleteEntityAsync("p", "r")).Status);
    }

    [Fact]
    public async Task Entity_that_was_added_is_read_with_its_keys_ETag_and_timestamp()
    {
        var before = DateTimeOffset.UtcNow;

        var response = await _table.AddEntityAsync(Entity("p", "r", ("Title", "first")));

        var read = await Get("p", "r");
        Assert.Equal(("p", "r", "first"), (read.PartitionKey, read.RowKey, read.GetString("Title")));
        Assert.Equal(204, response.Status);
        Assert.Equal(response.Headers.ETag, read.ETag);
        Assert.Matches("^W/\"datetime'.+'\"$", read.ETag.ToString());
        Assert.InRange(read.Timestamp!.Value, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task Added_again_is_409_and_changes_nothing()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("Title", "first")));

        await Refused(409, "EntityAlreadyExists", () => _table.AddEntityAsync(Entity("p", "r", ("Title", "second"))));

        Assert.Equal("first", (await Get("p", "r")).GetString("Title"));
    }

    [Fact]
    public async Task Missing_entity_is_404_or_no_value()
    {
        await Refused(404, "ResourceNotFound", () => _table.GetEntityAsync<TableEntity>("p", "none"));

        var read = await _table.GetEntityIfExistsAsync<TableEntity>("p", "none");

        Assert.False(read.HasValue);
        Assert.Equal(404, read.GetRawResponse().Status);
    }

    [Fact]
    public async Task Missing_entity_cannot_be_updated_and_its_delete_is_a_404_response()
    {
        await Refused(404, "ResourceNotFound", () => _table.UpdateEntityAsync(Entity("p", "none"), ETag.All));
        await Refused(404, "ResourceNotFound", () => _table.UpdateEntityAsync(Entity("p", "none"), ETag.All, TableUpdateMode.Replace));

        Assert.Equal(404, (await _table.DeleteEntityAsync("p", "none")).Status);
    }

    [Fact]
    public async Task Merge_keeps_other_properties_and_null_ones()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("A", "a"), ("B", 2)));

        await _table.UpdateEntityAsync(Entity("p", "r", ("B", 3), ("C", true), ("A", null)), ETag.All, TableUpdateMode.Merge);

        var read = await Get("p", "r");
        Assert.Equal(("a", 3, true), (read.GetString("A"), read.GetInt32("B"), read.GetBoolean("C")));
    }

    [Fact]
    public async Task Replace_drops_other_properties()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("A", "a"), ("B", 2)));

        await _table.UpdateEntityAsync(Entity("p", "r", ("C", true)), ETag.All, TableUpdateMode.Replace);

        var read = await Get("p", "r");
        Assert.False(read.ContainsKey("A") || read.ContainsKey("B"));
        Assert.True(read.GetBoolean("C"));
    }

    [Theory]
    [InlineData(TableUpdateMode.Merge, true)]
    [InlineData(TableUpdateMode.Replace, false)]
    public async Task Upsert_inserts_and_then_merges_or_replaces(TableUpdateMode mode, bool keeps)
    {
        await _table.UpsertEntityAsync(Entity("p", "r", ("A", "a")), mode);

        var response = await _table.UpsertEntityAsync(Entity("p", "r", ("B", "b")), mode);

        var read = await Get("p", "r");
        Assert.Equal("b", read.GetString("B"));
        Assert.Equal(keeps, read.ContainsKey("A"));
        Assert.Equal(response.Headers.ETag, read.ETag);
    }

    [Fact]
    public async Task Property_may_change_its_type()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("A", "text")));

        await _table.UpsertEntityAsync(Entity("p", "r", ("A", 5L)));

        Assert.Equal(5L, (await Get("p", "r")).GetInt64("A"));
    }

    [Theory]
    [InlineData(TableUpdateMode.Merge)]
    [InlineData(TableUpdateMode.Replace)]
    public async Task Update_with_an_old_ETag_is_412_and_changes_nothing(TableUpdateMode mode)
    {
        var first = (await _table.AddEntityAsync(Entity("p", "r", ("A", 1)))).Headers.ETag!.Value;
        var second = (await _table.UpdateEntityAsync(Entity("p", "r", ("A", 2)), first, mode)).Headers.ETag!.Value;

        await Refused(412, "UpdateConditionNotSatisfied", () => _table.UpdateEntityAsync(Entity("p", "r", ("A", 3)), first, mode));

        Assert.NotEqual(first, second);
        var read = await Get("p", "r");
        Assert.Equal((2, second), (read.GetInt32("A"), read.ETag));
    }

    [Fact]
    public async Task Delete_with_an_old_ETag_is_412_and_with_the_current_one_deletes()
    {
        var first = (await _table.AddEntityAsync(Entity("p", "r"))).Headers.ETag!.Value;
        var second = (await _table.UpsertEntityAsync(Entity("p", "r", ("A", 2)))).Headers.ETag!.Value;

        await Refused(412, "UpdateConditionNotSatisfied", () => _table.DeleteEntityAsync("p", "r", first));
        Assert.Equal(204, (await _table.DeleteEntityAsync("p", "r", second)).Status);

        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>("p", "r")).HasValue);
    }

    [Fact]
    public async Task Wildcard_ETag_updates_and_deletes_whatever_is_there()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("A", 1)));

        await _table.UpdateEntityAsync(Entity("p", "r", ("A", 2)), ETag.All);
        Assert.Equal(2, (await Get("p", "r")).GetInt32("A"));

        Assert.Equal(204, (await _table.DeleteEntityAsync("p", "r", ETag.All)).Status);
    }

    [Fact]
    public async Task Timestamp_and_ETag_grow_with_every_change()
    {
        DateTimeOffset last = default;
        for (var i = 0; i < 20; i++)
        {
            await _table.UpsertEntityAsync(Entity("p", "r", ("A", i)));
            var timestamp = (await Get("p", "r")).Timestamp!.Value;
            Assert.True(timestamp >= last, $"{timestamp:O} after {last:O}");
            last = timestamp;
        }
    }

    [Fact]
    public async Task Racing_updates_of_one_version_have_one_winner()
    {
        var etag = (await _table.AddEntityAsync(Entity("p", "r", ("Winner", -1)))).Headers.ETag!.Value;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Status(() => _table.UpdateEntityAsync(Entity("p", "r", ("Winner", i)), etag))));

        Assert.Equal(1, outcomes.Count(status => status == 204));
        Assert.Equal(19, outcomes.Count(status => status == 412));
        Assert.Equal(Array.IndexOf(outcomes, 204), (await Get("p", "r")).GetInt32("Winner"));
    }

    [Fact]
    public async Task Racing_inserts_have_one_winner()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Status(() => _table.AddEntityAsync(Entity("p", "r", ("Winner", i))))));

        Assert.Equal(1, outcomes.Count(status => status == 204));
        Assert.Equal(19, outcomes.Count(status => status == 409));
        Assert.Equal(Array.IndexOf(outcomes, 204), (await Get("p", "r")).GetInt32("Winner"));
    }

    [Fact]
    public async Task Compare_and_swap_by_many_writers_loses_no_update()
    {
        const int Writers = 8, Rounds = 5;
        await _table.AddEntityAsync(Entity("p", "r", ("Count", 0)));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            for (var done = 0; done < Rounds;)
            {
                var read = await Get("p", "r");
                done += await Status(() => _table.UpdateEntityAsync(Entity("p", "r", ("Count", read.GetInt32("Count") + 1)), read.ETag)) == 204 ? 1 : 0;
            }
        }));

        Assert.Equal(Writers * Rounds, (await Get("p", "r")).GetInt32("Count"));
    }

    [Fact]
    public void Calls_that_block_work_too()
    {
        _table.AddEntity(Entity("p", "r", ("A", 1)));
        _table.SubmitTransaction([new(TableTransactionActionType.UpsertMerge, Entity("p", "r", ("B", 2)))]);

        var read = _table.Query<TableEntity>("A eq 1").Single();
        Assert.Equal(2, read.GetInt32("B"));
        Assert.Equal(204, _table.DeleteEntity("p", "r", read.ETag).Status);
    }

    [Fact]
    public async Task Cancelled_call_does_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _table.AddEntityAsync(Entity("p", "r"), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _table.GetEntityAsync<TableEntity>("p", "r", null, cancelled.Token));

        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>("p", "r")).HasValue);
    }

    [Fact]
    public async Task Error_codes_compare_with_the_exceptions_word()
    {
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => _table.GetEntityAsync<TableEntity>("p", "none"));

        Assert.True(refusal.ErrorCode == TableErrorCode.ResourceNotFound);
        Assert.True(refusal.ErrorCode != TableErrorCode.TableNotFound);
    }

    private static TableEntity Entity(string partitionKey, string rowKey, params (string Name, object? Value)[] properties)
    {
        var entity = new TableEntity(partitionKey, rowKey);
        foreach (var (name, value) in properties)
            entity[name] = value;
        return entity;
    }

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

    private static async Task<int> Status(Func<Task> call, int success = 204)
    {
        try
        {
            await call();
            return success;
        }
        catch (RequestFailedException e)
        {
            return e.Status;
        }
    }

    private async Task<TableEntity> Get(string partitionKey, string rowKey) => (await _table.GetEntityAsync<TableEntity>(partitionKey, rowKey)).Value;

    private async Task<List<TableEntity>> Query(string? filter) => await _table.QueryAsync<TableEntity>(filter).ToListAsync();

    private async Task Fill(string partition, int count)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(100))
        {
            await _table.SubmitTransactionAsync(chunk.Select(i => new TableTransactionAction(
                TableTransactionActionType.Add, Entity(partition, $"{i:D4}", ("Even", i % 2 == 0)))));
        }
    }
}
