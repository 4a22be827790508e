using Azure;
using Azure.Data.Tables;

namespace Jobs.Conformance.Suites;

public abstract partial class TableConformance
{
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

    /// <summary>Values at the ends of their types.</summary>
    public static TheoryData<object> EdgeValues { get; } =
    [
        int.MinValue, int.MaxValue, long.MinValue, long.MaxValue, 0L, 5L,
        0.0, -0.0, 5.0, -0.1, 1e300, double.Epsilon, double.MaxValue, double.MinValue, 1e15, 123456789012345680.0,
        true, false, "", "5", "2026-01-01T00:00:00Z", "true",
        Guid.Empty, new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue, new DateTimeOffset(638_000_000_001_234_567, TimeSpan.Zero),
    ];

    [Theory]
    [MemberData(nameof(EdgeValues))]
    public async Task Value_at_the_end_of_its_type_comes_back_with_its_type(object value)
    {
        await _table.AddEntityAsync(Entity("p", "r", ("Value", value)));
        await _table.SubmitTransactionAsync([new(TableTransactionActionType.UpsertMerge, Entity("p", "s", ("Value", value)))]);

        Assert.Equal(value, (await Get("p", "r"))["Value"]);
        Assert.All(await Query("PartitionKey eq 'p'"), entity => Assert.Equal(value, entity["Value"]));
    }

    [Fact]
    public async Task NaN_comes_back_as_it_went()
    {
        await _table.AddEntityAsync(Entity("p", "r", ("Value", double.NaN)));

        Assert.Equal(double.NaN, (await Get("p", "r"))["Value"]);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public async Task Number_that_JSON_has_no_word_for_is_refused_by_the_client(double value) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _table.AddEntityAsync(Entity("p", "r", ("Value", value))));

    [Fact]
    public async Task Random_entities_come_back_as_they_went()
    {
        const int Rounds = 40;
        var random = new Random(20261125);
        for (var round = 0; round < Rounds; round++)
        {
            var sent = Entity("p", $"{round}", [.. Enumerable.Range(0, random.Next(0, 12)).Select(i => ($"P{i}", (object?)RandomValue(random)))]);
            await _table.AddEntityAsync(sent);

            var read = await Get("p", $"{round}");

            Assert.Equal(sent.Keys.Except(["odata.etag"]).Order(StringComparer.Ordinal), read.Keys.Except(["odata.etag", "Timestamp"]).Order(StringComparer.Ordinal));
            Assert.All(sent.Where(property => property.Key.StartsWith('P')), property => Assert.Equal(property.Value, read[property.Key]));
        }

        static object RandomValue(Random random)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            return random.Next(8) switch
            {
                0 => random.Next(int.MinValue, int.MaxValue),
                1 => random.NextInt64(long.MinValue, long.MaxValue),
                2 => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300)),
                3 => random.Next(2) == 0,
                4 => new DateTimeOffset(random.NextInt64(new DateTime(1601, 1, 1).Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero),
                5 => new Guid([.. bytes.Concat(new byte[16]).Take(16)]),
                6 => bytes,
                _ => new string([.. bytes.Select(b => (char)(b * 200 is >= 0xD800 and <= 0xDFFF ? 'x' : b * 200))]),
            };
        }
    }

    [Fact]
    public async Task Every_type_comes_back_as_it_went()
    {
        var id = Guid.NewGuid();
        var time = new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.FromHours(2));
        await _table.AddEntityAsync(Entity("p", "r",
            ("String", "text"), ("Bool", true), ("Int", int.MinValue), ("Long", long.MaxValue), ("Double", 5.0), ("Fraction", -0.1), ("Large", 1e300), ("Tiny", double.Epsilon),
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
        Assert.Equal(time, read.GetDateTimeOffset("Time"));
        Assert.Equal(TimeSpan.Zero, read.GetDateTimeOffset("Time")!.Value.Offset);
        Assert.Equal(id, read.GetGuid("Guid"));
        Assert.Equal([0, 1, 255], read.GetBinary("Binary"));
        Assert.False(read.ContainsKey("Null"));
        Assert.Null(read.GetString("Null"));
        Assert.Equal("", read.GetString("Empty"));
        Assert.Empty(read.GetBinary("NoBytes"));
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
}
