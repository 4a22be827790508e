using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Jobs.Conformance.Suites;

/// <summary>What the Table service does, asserted of every store behind the client.</summary>
public abstract class TableConformance(TableServiceClient service, Differences differences) : IAsyncLifetime
{
    /// <summary>Stands for half a surrogate pair, which test data cannot carry.</summary>
    private const string HalfPair = "<half>";

    private readonly TableClient _table = service.GetTableClient($"T{Guid.NewGuid():N}");

    /// <summary>Characters that need escaping somewhere on their way: in addresses, in literals, in JSON, in headers.</summary>
    public static TheoryData<string> AwkwardTexts { get; } =
    [
        "",
        " leading and trailing ",
        "it's 'quoted' ''twice''",
        "percent %25 plus + and & = ; , : @ $ ! * ( ) [ ] { } < > | ^ ` ~ \"",
        "Grüße, 世界, Ω≈ç√, עברית",
        "emoji 👩‍👩‍👧‍👦 🎉",
        "..",
    ];

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
    public async Task Every_type_comes_back_as_it_went()
    {
        var id = Guid.NewGuid();
        var time = new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.FromHours(2));
        await _table.AddEntityAsync(Entity("p", "r",
            ("String", "text"), ("Bool", true), ("Int", int.MinValue), ("Long", long.MaxValue), ("Double", 5.0), ("Fraction", -0.1), ("Large", 1e300), ("Infinite", double.NegativeInfinity), ("NotANumber", double.NaN), ("Tiny", double.Epsilon),
            ("Time", time), ("Guid", id), ("Binary", new byte[] { 0, 1, 255 }), ("Null", null), ("Empty", ""), ("NoBytes", Array.Empty<byte>())));

        var read = await Get("p", "r");

        Assert.Equal("text", read.GetString("String"));
        Assert.True(read.GetBoolean("Bool"));
        Assert.Equal(int.MinValue, read.GetInt32("Int"));
        Assert.Equal(long.MaxValue, read.GetInt64("Long"));
        Assert.Equal(5.0, read.GetDouble("Double"));
        Assert.Equal(-0.1, read.GetDouble("Fraction"));
        Assert.Equal(double.Epsilon, read.GetDouble("Tiny"));
        Assert.Equal(1e300, read.GetDouble("Large"));
        Assert.Equal(double.NegativeInfinity, read.GetDouble("Infinite"));
        Assert.Equal(double.NaN, read.GetDouble("NotANumber"));
        Assert.Equal(time, read.GetDateTimeOffset("Time"));
        Assert.Equal(TimeSpan.Zero, read.GetDateTimeOffset("Time")!.Value.Offset);
        Assert.Equal(id, read.GetGuid("Guid"));
        Assert.Equal([0, 1, 255], read.GetBinary("Binary"));
        Assert.False(read.ContainsKey("Null"));
        Assert.Null(read.GetString("Null"));
        Assert.Equal("", read.GetString("Empty"));
        Assert.Empty(read.GetBinary("NoBytes"));
    }

    [Fact]
    public async Task Time_keeps_its_ten_millionths_of_a_second()
    {
        var time = new DateTimeOffset(638_000_000_001_234_567, TimeSpan.Zero);
        await _table.AddEntityAsync(Entity("p", "r", ("Time", time)));

        Assert.Equal(time, (await Get("p", "r")).GetDateTimeOffset("Time"));
    }

    [Theory]
    [MemberData(nameof(AwkwardTexts))]
    public async Task Awkward_text_survives_as_key_value_and_literal(string text)
    {
        await _table.AddEntityAsync(Entity(text, text, ("Value", text)));
        await _table.AddEntityAsync(Entity(text, "other", ("Value", "other")));

        Assert.Equal(text, (await Get(text, text)).GetString("Value"));
        Assert.Equal(text, Assert.Single(await Query(TableClient.CreateQueryFilter($"PartitionKey eq {text} and RowKey eq {text}"))).RowKey);
        Assert.Equal(text, Assert.Single(await Query(TableClient.CreateQueryFilter($"Value eq {text}"))).GetString("Value"));
        await _table.UpdateEntityAsync(Entity(text, text, ("Value", "new")), ETag.All);
        Assert.Equal(204, (await _table.DeleteEntityAsync(text, text)).Status);
    }

    [Fact]
    public async Task Value_keeps_control_characters_and_line_breaks()
    {
        const string Text = "a\0b\tc\r\nd\u2028e\"\\/<script>";
        await _table.AddEntityAsync(Entity("p", "r", ("Value", Text)));
        await _table.SubmitTransactionAsync([new(TableTransactionActionType.UpsertReplace, Entity("p", "s", ("Value", Text)))]);

        Assert.Equal(Text, (await Get("p", "r")).GetString("Value"));
        Assert.Equal(Text, (await Get("p", "s")).GetString("Value"));
    }

    [Fact]
    public async Task Select_returns_the_chosen_properties_and_the_ETag()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("A", "a"), ("B", 2L), ("C", true)));

        var read = (await _table.GetEntityAsync<TableEntity>("p", "r", ["A", "B", "RowKey"])).Value;
        var queried = Assert.Single(await _table.QueryAsync<TableEntity>("PartitionKey eq 'p' and C eq true", select: ["A", "B", "RowKey"]).ToListAsync());

        foreach (var entity in new[] { read, queried })
        {
            Assert.Equal(("a", 2L, "r"), (entity.GetString("A"), entity.GetInt64("B"), entity.RowKey));
            Assert.False(entity.ContainsKey("C") || entity.ContainsKey("PartitionKey") || entity.ContainsKey("Timestamp"));
            Assert.Equal((await Get("p", "r")).ETag, entity.ETag);
        }
    }

    [Theory]
    [InlineData("PartitionKey eq 'p'", "a b c d e")]
    [InlineData("PartitionKey eq 'q'", "z")]
    [InlineData("PartitionKey eq 'none'", "")]
    [InlineData("PartitionKey ge 'p' and PartitionKey lt 'q'", "a b c d e")]
    [InlineData("PartitionKey gt 'p'", "z")]
    [InlineData("PartitionKey eq 'p' and RowKey gt 'b'", "c d e")]
    [InlineData("PartitionKey eq 'p' and RowKey ge 'b' and RowKey le 'd'", "b c d")]
    [InlineData("PartitionKey eq 'p' and RowKey ge 'b' and RowKey lt 'd'", "b c")]
    [InlineData("PartitionKey eq 'p' and (RowKey eq 'a' or RowKey eq 'e')", "a e")]
    [InlineData("(PartitionKey eq 'p' and RowKey eq 'a') or PartitionKey eq 'q'", "a z")]
    [InlineData("PartitionKey eq 'p' and RowKey ne 'c'", "a b d e")]
    [InlineData("PartitionKey eq 'p' and not (RowKey gt 'b')", "a b")]
    [InlineData("PartitionKey eq 'p' and RowKey gt 'e' and RowKey lt 'a'", "")]
    [InlineData("Int eq 3", "c")]
    [InlineData("Int gt 3", "d e")]
    [InlineData("Int ge 3 and Int lt 5", "c d")]
    [InlineData("Int le -1 or Int ge 5", "e")]
    [InlineData("Long ge 4000000000000L", "d e")]
    [InlineData("Double gt 2.5", "c d e")]
    [InlineData("Double eq 1.5", "a")]
    [InlineData("Flag eq true", "a c e")]
    [InlineData("Flag eq false and Int lt 3", "b")]
    [InlineData("Flag and Int gt 1", "c e")]
    [InlineData("Timestamp gt datetime'2001-01-01T00:00:00Z' and PartitionKey eq 'q'", "z")]
    [InlineData("Time gt datetime'2026-01-03T00:00:00Z'", "d e")]
    [InlineData("Id eq guid'00000000-0000-0000-0000-000000000002'", "b")]
    [InlineData("Bytes eq X'03ff'", "c")]
    [InlineData("Text eq 'it''s 4'", "d")]
    [InlineData("Text ge 'it''s 4' and PartitionKey eq 'p'", "d e")]
    [InlineData("Missing eq 1", "")]
    public async Task Filter_finds_what_it_says(string filter, string expectedRows)
    {
        for (var i = 1; i <= 5; i++)
        {
            await _table.AddEntityAsync(Entity("p", ((char)('a' + i - 1)).ToString(),
                ("Int", i), ("Long", i * 1_000_000_000_000L), ("Double", i + 0.5), ("Flag", i % 2 == 1), ("Text", $"it's {i}"),
                ("Time", new DateTimeOffset(2026, 1, i, 0, 0, 0, TimeSpan.Zero)), ("Id", new Guid($"00000000-0000-0000-0000-00000000000{i}")), ("Bytes", new byte[] { (byte)i, 255 })));
        }

        await _table.AddEntityAsync(Entity("q", "z"));

        Assert.Equal(expectedRows, string.Join(' ', (await Query(filter)).Select(entity => entity.RowKey)));
    }

    [Theory]
    [InlineData("PartitionKey eq")]
    [InlineData("PartitionKey eq 'open")]
    [InlineData("(PartitionKey eq 'p'")]
    [InlineData("PartitionKey eq 'p' and")]
    [InlineData("PartitionKey is 'p'")]
    public async Task Malformed_filter_is_400(string filter)
    {
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => Query(filter));
        Assert.Equal(400, refusal.Status);
    }

    [Fact]
    public async Task Created_filter_has_each_value_as_its_literal()
    {
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 600, TimeSpan.Zero);
        var id = Guid.NewGuid();
        await _table.AddEntityAsync(Entity("p", "r", ("S", "it's"), ("I", 1), ("L", 2L), ("D", 2.0), ("B", true), ("T", time), ("G", id)));

        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {"p"} and S eq {"it's"} and I eq {1} and L eq {2L} and D eq {2.5 - 0.5} and B eq {true} and T eq {time} and G eq {id}");

        Assert.Single(await Query(filter));
    }

    [Fact]
    public async Task Query_without_a_filter_returns_everything_in_key_order()
    {
        string[] keys = ["b", "B", "a", "A", "10", "9", "_", "-", "ä"];
        foreach (var partition in keys)
        {
            foreach (var row in keys)
                await _table.AddEntityAsync(Entity(partition, row));
        }

        var read = (await Query(null)).Select(entity => (entity.PartitionKey, entity.RowKey)).ToList();

        Assert.Equal(read.OrderBy(key => key.PartitionKey, StringComparer.Ordinal).ThenBy(key => key.RowKey, StringComparer.Ordinal), read);
        Assert.Equal(keys.Length * keys.Length, read.Count);
    }

    [Theory]
    [InlineData("PartitionKey eq 'p'", 25)]
    [InlineData("PartitionKey eq 'p' and Even eq true", 13)]
    [InlineData(null, 27)]
    public async Task Pages_continue_in_order_from_the_token_of_the_page_before(string? filter, int expected)
    {
        await Fill("p", 25);
        await Fill("o'1 ü", 1);
        await Fill("q", 1);

        var rows = new List<string>();
        string? token = null;
        var pages = 0;
        do
        {
            // Each page is asked for anew, as a web API does that gives the token to its caller.
            await using var enumerator = _table.QueryAsync<TableEntity>(filter).AsPages(token, 4).GetAsyncEnumerator();
            Assert.True(await enumerator.MoveNextAsync());
            var page = enumerator.Current;
            Assert.InRange(page.Values.Count, 0, 4);
            rows.AddRange(page.Values.Select(entity => $"{entity.PartitionKey}|{entity.RowKey}"));
            token = page.ContinuationToken;
            Assert.True(++pages < 50);
        }
        while (token is not null);

        Assert.Equal(expected, rows.Count);
        Assert.Equal(rows.Order(StringComparer.Ordinal), rows);
        Assert.Equal(rows, (await _table.QueryAsync<TableEntity>(filter, maxPerPage: 7).ToListAsync()).Select(entity => $"{entity.PartitionKey}|{entity.RowKey}"));
    }

    [Fact]
    public async Task Page_is_continued_although_its_next_row_was_deleted()
    {
        await Fill("p", 6);
        await using var first = _table.QueryAsync<TableEntity>("PartitionKey eq 'p'").AsPages(null, 2).GetAsyncEnumerator();
        await first.MoveNextAsync();
        await _table.DeleteEntityAsync("p", "0002");

        var rest = await _table.QueryAsync<TableEntity>("PartitionKey eq 'p'").AsPages(first.Current.ContinuationToken).ToListAsync();

        Assert.Equal(["0003", "0004", "0005"], rest.SelectMany(page => page.Values).Select(entity => entity.RowKey));
    }

    [Fact]
    public async Task Page_has_at_most_a_thousand_entities()
    {
        await Fill("p", 1001);

        var pages = await _table.QueryAsync<TableEntity>("PartitionKey eq 'p'").AsPages().ToListAsync();

        Assert.Equal([1000, 1], pages.Select(page => page.Values.Count));
        await Refused(400, "InvalidInput", async () => await _table.QueryAsync<TableEntity>(maxPerPage: 1001).ToListAsync());
        await Refused(400, "InvalidInput", async () => await _table.QueryAsync<TableEntity>(maxPerPage: 0).ToListAsync());
    }

    [Fact]
    public async Task Transaction_does_all_its_actions_and_answers_each()
    {
        var a = (await _table.AddEntityAsync(Entity("p", "a", ("X", 1), ("Y", 1)))).Headers.ETag!.Value;
        await _table.AddEntityAsync(Entity("p", "b", ("X", 1), ("Y", 1)));
        await _table.AddEntityAsync(Entity("p", "c"));

        var responses = (await _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.UpdateMerge, Entity("p", "a", ("X", 2)), a),
            new(TableTransactionActionType.UpdateReplace, Entity("p", "b", ("X", 2)), ETag.All),
            new(TableTransactionActionType.Delete, Entity("p", "c")),
            new(TableTransactionActionType.Add, Entity("p", "d", ("X", 4L))),
            new(TableTransactionActionType.UpsertMerge, Entity("p", "e", ("X", 5.5))),
            new(TableTransactionActionType.UpsertReplace, Entity("p", "f ü'%", ("X", "sechs"))),
        ])).Value;

        var read = (await Query("PartitionKey eq 'p'")).ToDictionary(entity => entity.RowKey);
        Assert.Equal(["a", "b", "d", "e", "f ü'%"], read.Keys);
        Assert.Equal((2, 1), (read["a"].GetInt32("X"), read["a"].GetInt32("Y")));
        Assert.Equal((2, null), (read["b"].GetInt32("X"), read["b"].GetInt32("Y")));
        Assert.Equal(4L, read["d"].GetInt64("X"));
        Assert.Equal(5.5, read["e"].GetDouble("X"));
        Assert.Equal("sechs", read["f ü'%"].GetString("X"));
        Assert.All(responses, response => Assert.Equal(204, response.Status));
        Assert.Equal(
            [read["a"].ETag, read["b"].ETag, null, read["d"].ETag, read["e"].ETag, read["f ü'%"].ETag],
            responses.Select(response => response.Headers.ETag));
    }

    [Theory]
    [InlineData(TableTransactionActionType.Add, "taken", false, 409, "EntityAlreadyExists")]
    [InlineData(TableTransactionActionType.UpdateMerge, "taken", true, 412, "UpdateConditionNotSatisfied")]
    [InlineData(TableTransactionActionType.UpdateReplace, "none", false, 404, "ResourceNotFound")]
    [InlineData(TableTransactionActionType.Delete, "none", false, 404, "ResourceNotFound")]
    [InlineData(TableTransactionActionType.Delete, "taken", true, 412, "UpdateConditionNotSatisfied")]
    public async Task Transaction_with_a_refused_action_does_nothing_and_names_it(
        TableTransactionActionType action, string row, bool withOldETag, int status, string code)
    {
        var old = (await _table.AddEntityAsync(Entity("p", "taken", ("X", 1)))).Headers.ETag!.Value;
        await _table.UpsertEntityAsync(Entity("p", "taken", ("X", 2)));

        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, Entity("p", "new")),
            new(TableTransactionActionType.UpsertReplace, Entity("p", "other")),
            new(action, Entity("p", row, ("X", 3)), withOldETag ? old : ETag.All),
            new(TableTransactionActionType.Add, Entity("p", "late")),
        ]));

        Assert.Equal((2, status, code), (failure.FailedTransactionActionIndex, failure.Status, failure.ErrorCode));
        var only = Assert.Single(await Query("PartitionKey eq 'p'"));
        Assert.Equal(("taken", 2), (only.RowKey, only.GetInt32("X")));
    }

    [Fact]
    public async Task Racing_transactions_of_one_version_have_one_winner_and_leave_no_half()
    {
        var etag = (await _table.AddEntityAsync(Entity("p", "status"))).Headers.ETag!.Value;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Status(() => _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.UpdateMerge, Entity("p", "status", ("Winner", i)), etag),
            new(TableTransactionActionType.Add, Entity("p", $"event-{i}")),
        ]), success: 202)));

        var winner = Array.IndexOf(outcomes, 202);
        Assert.Equal(1, outcomes.Count(status => status == 202));
        Assert.Equal(9, outcomes.Count(status => status == 412));
        Assert.Equal([$"event-{winner}", "status"], (await Query("PartitionKey eq 'p'")).Select(entity => entity.RowKey));
        Assert.Equal(winner, (await Get("p", "status")).GetInt32("Winner"));
    }

    [Fact]
    public async Task Transaction_has_at_most_a_hundred_actions()
    {
        await _table.SubmitTransactionAsync(Actions(100));

        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(Actions(101)));

        Assert.Equal((100, 400, "InvalidInput"), (failure.FailedTransactionActionIndex, failure.Status, failure.ErrorCode));
        Assert.Equal(100, (await Query(null)).Count);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _table.SubmitTransactionAsync([]));

        static IEnumerable<TableTransactionAction> Actions(int count) =>
            Enumerable.Range(0, count).Select(i => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Entity("p", $"{i}")));
    }

    [Fact]
    public async Task Transaction_over_two_partitions_or_with_one_entity_twice_is_refused()
    {
        var twoPartitions = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, Entity("p", "a")), new(TableTransactionActionType.Add, Entity("q", "a"))]));
        var oneTwice = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, Entity("p", "a")), new(TableTransactionActionType.UpsertMerge, Entity("p", "a"))]));

        Assert.Equal((1, 400, "CommandsInBatchActOnDifferentPartitions"), (twoPartitions.FailedTransactionActionIndex, twoPartitions.Status, twoPartitions.ErrorCode));
        Assert.Equal((1, 400, "InvalidDuplicateRow"), (oneTwice.FailedTransactionActionIndex, oneTwice.Status, oneTwice.ErrorCode));
        Assert.Empty(await Query(null));
    }

    [Fact]
    public async Task Transaction_has_at_most_four_mebibytes()
    {
        // With 64,000 bytes of text in each entity, the 65th is too much.
        await _table.SubmitTransactionAsync(Actions(64));
        await Refused(413, "RequestBodyTooLarge", () => _table.SubmitTransactionAsync(Actions(65)));
        Assert.Equal(64, (await Query(null)).Count);

        static IEnumerable<TableTransactionAction> Actions(int count) => Enumerable.Range(0, count).Select(i => new TableTransactionAction(
            TableTransactionActionType.UpsertReplace, Entity("p", $"{i}", ("A", new string('a', 32_000)), ("B", new string('b', 32_000)))));
    }

    [Fact]
    public async Task Transaction_update_without_an_ETag_is_refused_because_the_service_would_insert() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => _table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateMerge, Entity("p", "r"))]));

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\tb")]
    [InlineData("a\u0000b")]
    [InlineData("a\u0085b")]
    [InlineData("a" + HalfPair + "b")]
    public async Task Key_with_a_forbidden_character_is_400(string key)
    {
        key = key.Replace(HalfPair, "\uD800", StringComparison.Ordinal);
        await Refused(400, "OutOfRangeInput", () => _table.AddEntityAsync(Entity(key, "r")));
        await Refused(400, "OutOfRangeInput", () => _table.UpsertEntityAsync(Entity("p", key)));
        await Refused(400, "OutOfRangeInput", () => _table.GetEntityAsync<TableEntity>("p", key));
        await Refused(400, "OutOfRangeInput", () => _table.DeleteEntityAsync(key, "r"));
    }

    [Fact]
    public async Task Key_has_at_most_512_characters()
    {
        var longest = new string('k', 512);
        await _table.AddEntityAsync(Entity(longest, longest));
        Assert.Equal(longest, (await Get(longest, longest)).RowKey);

        await Refused(400, "OutOfRangeInput", () => _table.AddEntityAsync(Entity(longest + "k", "r")));
        await Refused(400, "OutOfRangeInput", () => _table.AddEntityAsync(Entity("p", longest + "k")));
    }

    [Fact]
    public async Task String_has_at_most_32_Ki_characters()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("A", new string('ä', 32 * 1024))));
        Assert.Equal(32 * 1024, (await Get("p", "r")).GetString("A").Length);

        await Refused(400, "PropertyValueTooLarge", () => _table.UpsertEntityAsync(Entity("p", "r", ("A", new string('a', (32 * 1024) + 1)))));
    }

    [Fact]
    public async Task Binary_has_at_most_64_KiB()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("A", new byte[64 * 1024])));
        Assert.Equal(64 * 1024, (await Get("p", "r")).GetBinary("A").Length);

        await Refused(400, "PropertyValueTooLarge", () => _table.UpsertEntityAsync(Entity("p", "r", ("A", new byte[(64 * 1024) + 1]))));
    }

    [Fact]
    public async Task Entity_has_at_most_one_MiB()
    {
        // 4 + 2 × 2 for the keys, 8 + 2 × 2 + 4 a property; the last one fills what is left.
        const int Whole = 16 * 1024 * 2;
        static TableEntity Sized(int lastLength) => Entity("p", "r",
            [.. Enumerable.Range(10, 31).Select(i => ($"P{i}", (object?)new string('x', Whole / 2))), ("Last", new string('x', lastLength))]);
        const int Used = 4 + 4 + (31 * (8 + 6 + 4 + Whole)) + 8 + 8 + 4;
        const int Left = ((1024 * 1024) - Used) / 2;

        await _table.AddEntityAsync(Sized(Left));
        await Refused(400, "EntityTooLarge", () => _table.UpsertEntityAsync(Sized(Left + 1)));
    }

    [Fact]
    public async Task Entity_has_at_most_252_properties()
    {
        await _table.AddEntityAsync(Many(252));
        Assert.Equal(251, (await Get("p", "r")).GetInt32("P251"));

        await Refused(400, "TooManyProperties", () => _table.UpsertEntityAsync(Many(253)));

        static TableEntity Many(int count) => Entity("p", "r", [.. Enumerable.Range(0, count).Select(i => ($"P{i}", (object?)i))]);
    }

    [Theory]
    [InlineData("with space", "PropertyNameInvalid")]
    [InlineData("with-hyphen", "PropertyNameInvalid")]
    [InlineData("1digit", "PropertyNameInvalid")]
    [InlineData("a.b", "PropertyNameInvalid")]
    public async Task Property_name_that_is_no_identifier_is_400(string name, string code) =>
        await Refused(400, code, () => _table.AddEntityAsync(Entity("p", "r", (name, 1))));

    [Fact]
    public async Task Property_name_has_at_most_255_characters()
    {
        var longest = new string('n', 255);
        await _table.AddEntityAsync(Entity("p", "r", (longest, 1)));
        Assert.Equal(1, (await Get("p", "r")).GetInt32(longest));

        await Refused(400, "PropertyNameTooLong", () => _table.AddEntityAsync(Entity("p", "s", (longest + "n", 1))));
    }

    [Fact]
    public async Task Time_before_1601_is_400()
    {
        var earliest = new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await _table.AddEntityAsync(Entity("p", "r", ("T", earliest)));
        Assert.Equal(earliest, (await Get("p", "r")).GetDateTimeOffset("T"));

        await Refused(400, "OutOfRangeInput", () => _table.AddEntityAsync(Entity("p", "s", ("T", earliest.AddTicks(-1)))));
    }

    [Fact]
    public async Task Type_that_is_not_stored_is_refused_by_name()
    {
        var refusal = await Assert.ThrowsAsync<NotSupportedException>(() => _table.AddEntityAsync(Entity("p", "r", ("Price", 1.5m))));
        Assert.Contains("Price", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("1table")]
    [InlineData("with-hyphen")]
    [InlineData("ünicode")]
    public void Table_name_that_is_not_allowed_is_refused(string name) =>
        Assert.Throws<RequestFailedException>(() => service.GetTableClient(name));

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

    private static async Task Refused(int status, string code, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(call);
        Assert.Equal((status, code), (refusal.Status, refusal.ErrorCode));
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
