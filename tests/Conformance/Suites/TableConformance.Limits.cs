using Azure.Data.Tables;

namespace Jobs.Conformance.Suites;

public abstract partial class TableConformance
{
    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\tb")]
    [InlineData("a\u0001b")]
    [InlineData("a\u0085b")]
    public async Task Key_with_a_forbidden_character_is_400(string key)
    {
        var code = differences.KeyRefusalCode ?? "OutOfRangeInput";
        await Refused(400, code, () => _table.AddEntityAsync(Entity(key, "r")));
        await Refused(400, code, () => _table.SubmitTransactionAsync([new(TableTransactionActionType.UpsertMerge, Entity("p", key))]));
    }

    [Fact]
    public async Task Key_has_at_most_512_characters()
    {
        var longest = new string('k', 512);
        await _table.AddEntityAsync(Entity(longest, longest));
        Assert.Equal(longest, (await Get(longest, longest)).RowKey);

        var code = differences.KeyRefusalCode ?? "KeyValueTooLarge";
        await Refused(400, code, () => _table.AddEntityAsync(Entity(longest + "k", "r")));
        await Refused(400, code, () => _table.AddEntityAsync(Entity("p", longest + "k")));
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
        await Refused(400, "EntityTooLarge", () => _table.UpsertEntityAsync(Sized(Left + 1)), differences.AcceptsOversizedEntities);
    }

    [Fact]
    public async Task Entity_has_at_most_252_properties()
    {
        await _table.AddEntityAsync(Many(252));
        Assert.Equal(251, (await Get("p", "r")).GetInt32("P251"));

        await Refused(400, "TooManyProperties", () => _table.UpsertEntityAsync(Many(253)), differences.AcceptsOversizedEntities);

        static TableEntity Many(int count) => Entity("p", "r", [.. Enumerable.Range(0, count).Select(i => ($"P{i}", (object?)i))]);
    }

    [Theory]
    [InlineData("with space", "PropertyNameInvalid")]
    [InlineData("with-hyphen", "PropertyNameInvalid")]
    [InlineData("1digit", "PropertyNameInvalid")]
    [InlineData("a.b", "PropertyNameInvalid")]
    public async Task Property_name_that_is_no_identifier_is_400(string name, string code) =>
        await Refused(400, code, () => _table.AddEntityAsync(Entity("p", "r", (name, 1))), differences.AcceptsAnyPropertyName);

    [Fact]
    public async Task Property_name_has_at_most_255_characters()
    {
        var longest = new string('n', 255);
        await _table.AddEntityAsync(Entity("p", "r", (longest, 1)));
        Assert.Equal(1, (await Get("p", "r")).GetInt32(longest));

        await Refused(400, "PropertyNameTooLong", () => _table.AddEntityAsync(Entity("p", "s", (longest + "n", 1))), differences.AcceptsOversizedEntities);
    }

    [Fact]
    public async Task Time_before_1601_is_400()
    {
        var earliest = new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await _table.AddEntityAsync(Entity("p", "r", ("T", earliest)));
        Assert.Equal(earliest, (await Get("p", "r")).GetDateTimeOffset("T"));

        await Refused(400, "OutOfRangeInput", () => _table.AddEntityAsync(Entity("p", "s", ("T", earliest.AddTicks(-1)))), differences.AcceptsAnyTime);
    }

    [Theory]
    [InlineData("ab", "OutOfRangeInput")]
    [InlineData("1table", "InvalidResourceName")]
    [InlineData("with-hyphen", "InvalidResourceName")]
    [InlineData("ünicode", "InvalidResourceName")]
    public async Task Table_name_that_is_not_allowed_is_400(string name, string code) =>
        await Refused(400, differences.TableNameRefusalCode ?? code, () => service.GetTableClient(name).CreateAsync());

    [Fact]
    public async Task Table_name_has_3_to_63_characters()
    {
        var (shortest, longest) = ($"T{Guid.NewGuid():N}"[..3], $"T{Guid.NewGuid():N}{Guid.NewGuid():N}"[..63]);
        await service.GetTableClient(shortest).CreateIfNotExistsAsync();
        await service.GetTableClient(longest).CreateAsync();

        await Refused(400, differences.TableNameRefusalCode ?? "OutOfRangeInput", () => service.GetTableClient(longest + "x").CreateAsync());
    }

    [Fact]
    public async Task Filter_has_at_most_15_comparisons()
    {
        Assert.Empty(await Query(Comparisons(15)));
        await Refused(400, "InvalidInput", () => Query(Comparisons(16)), differences.AcceptsTooManyComparisons);

        static string Comparisons(int count) => string.Join(" or ", Enumerable.Range(0, count).Select(i => $"RowKey eq '{i}'"));
    }

    [Fact]
    public async Task Merge_cannot_grow_an_entity_past_its_limits()
    {
        await _table.AddEntityAsync(Entity("p", "r", [.. Enumerable.Range(0, 252).Select(i => ($"P{i}", (object?)i))]));

        await Refused(400, "TooManyProperties", () => _table.UpsertEntityAsync(Entity("p", "r", ("OneMore", 1))), differences.AcceptsOversizedEntities);
        await _table.UpsertEntityAsync(Entity("p", "r", ("P0", 1)));
    }
}
