using System.Linq.Expressions;
using Azure;
using Azure.Data.Tables;

namespace Jobs.Conformance.Suites;

public abstract partial class TableConformance
{
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
    [InlineData("Missing ne 1", "")]
    [InlineData("'c' eq RowKey", "c")]
    [InlineData("3 lt Int", "d e")]
    [InlineData("3 ge Int and 2 le Int", "b c")]
    [InlineData("Int eq 3.0", "c")]
    [InlineData("Int lt 2.5", "a b")]
    [InlineData("Long eq 3000000000000", "c")]
    [InlineData("Double gt 4", "d e")]
    [InlineData("Int ne 3", "a b d e")]
    [InlineData("Int eq '3'", "")]
    [InlineData("Text eq 3", "")]
    [InlineData("Flag eq 'true'", "")]
    [InlineData("not (Int gt 2) and not (Int lt 2)", "b z")]
    [InlineData("not Flag and PartitionKey eq 'p'", "b d")]
    [InlineData("(((Int eq 1)))", "a")]
    [InlineData("Id ge guid'00000000-0000-0000-0000-000000000004'", "d e")]
    [InlineData("Bytes gt X'03ff'", "d e")]
    [InlineData("Bytes eq binary'03ff'", "c")]
    [InlineData("Time eq datetime'2026-01-03T00:00:00.0000000Z'", "c")]
    [InlineData("Time le datetime'2026-01-02T01:00:00+01:00'", "a b")]
    public async Task Filter_finds_what_it_says(string filter, string expectedRows)
    {
        await FillSamples();
        await _table.AddEntityAsync(Entity("q", "z"));

        Assert.Equal(differences.FilterResults.GetValueOrDefault(filter, expectedRows), string.Join(' ', (await Query(filter)).Select(entity => entity.RowKey)));
    }

    /// <summary>Every operator and type that the client's expressions can produce.</summary>
    public static TheoryData<Expression<Func<Sample, bool>>, string> Expressions { get; } = new()
    {
        { row => row.PartitionKey == "p" && row.RowKey.CompareTo("b") > 0, "c d e" },
        { row => "b" == row.RowKey, "b" },
        { row => 3 < row.Int, "d e" },
        { row => row.Int >= 2 && row.Int <= 3 || row.Int == 5, "b c e" },
        { row => row.Int != 3, "a b d e" },
        { row => row.Flag, "a c e" },
        { row => !row.Flag, "b d" },
        { row => row.Flag == false && !(row.Int > 2), "b" },
        { row => row.Long == 3_000_000_000_000L, "c" },
        { row => row.Long > long.MaxValue - 1, "" },
        { row => row.Double > 4.0, "d e" },
        { row => row.Double >= double.NegativeInfinity, "a b c d e" },
        { row => row.Time < new DateTimeOffset(2026, 1, 2, 1, 0, 0, TimeSpan.FromHours(1)), "a" },
        { row => row.Id == new Guid("00000000-0000-0000-0000-000000000004"), "d" },
        { row => row.Bytes == new byte[] { 3, 255 }, "c" },
        { row => row.Text == "it's 4", "d" },
        { row => string.Compare(row.Text, "it's 4") >= 0, "d e" },
        { row => row.Timestamp > DateTimeOffset.UnixEpoch && row.Int == 1, "a" },
        { row => false, "" },
        { row => true && row.Int == 2, "b" },
    };

    [Theory]
    [MemberData(nameof(Expressions))]
    public async Task Expression_finds_what_it_says(Expression<Func<Sample, bool>> expression, string expectedRows)
    {
        await FillSamples();

        expectedRows = differences.FilterResults.GetValueOrDefault(TableClient.CreateQueryFilter(expression), expectedRows);
        Assert.Equal(expectedRows, string.Join(' ', (await _table.QueryAsync(expression).ToListAsync()).Select(row => row.RowKey)));
    }

    [Theory]
    [InlineData("PartitionKey eq")]
    [InlineData("PartitionKey eq 'open")]
    [InlineData("(PartitionKey eq 'p'")]
    [InlineData("PartitionKey eq 'p' and")]
    [InlineData("PartitionKey is 'p'")]
    [InlineData("Int eq guid'no-guid'")]
    [InlineData("Int eq datetime'yesterday'")]
    [InlineData("Int add 1 eq 2")]
    public async Task Malformed_filter_is_400(string filter)
    {
        await Refused(400, "InvalidInput", () => Query(filter), differences.AcceptedMalformedFilters.Contains(filter));
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
        await Refused(400, "InvalidInput", async () => await _table.QueryAsync<TableEntity>(maxPerPage: 1001).AsPages().FirstAsync(), differences.AcceptsPagesOfAnySize);
        await Refused(400, "InvalidInput", async () => await _table.QueryAsync<TableEntity>(maxPerPage: 0).AsPages().FirstAsync(), differences.AcceptsPagesOfAnySize);
    }

    /// <summary>Rows a to e of partition p, with values that grow.</summary>
    private async Task FillSamples()
    {
        for (var i = 1; i <= 5; i++)
        {
            await _table.AddEntityAsync(Entity("p", ((char)('a' + i - 1)).ToString(),
                ("Int", i), ("Long", i * 1_000_000_000_000L), ("Double", i + 0.5), ("Flag", i % 2 == 1), ("Text", $"it's {i}"),
                ("Time", new DateTimeOffset(2026, 1, i, 0, 0, 0, TimeSpan.Zero)), ("Id", new Guid($"00000000-0000-0000-0000-00000000000{i}")), ("Bytes", new byte[] { (byte)i, 255 })));
        }
    }

    /// <summary>A row of <see cref="FillSamples"/>.</summary>
    public sealed class Sample : ITableEntity
    {
        public string PartitionKey { get; set; } = "";

        public string RowKey { get; set; } = "";

        public DateTimeOffset? Timestamp { get; set; }

        public ETag ETag { get; set; }

        public int Int { get; set; }

        public long Long { get; set; }

        public double Double { get; set; }

        public bool Flag { get; set; }

        public string Text { get; set; } = "";

        public DateTimeOffset Time { get; set; }

        public Guid Id { get; set; }

        public byte[] Bytes { get; set; } = [];
    }
}
