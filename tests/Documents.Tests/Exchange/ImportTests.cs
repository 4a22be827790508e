using System.Text;
using Jobs.Documents.Exchange;

namespace Jobs.Documents.Tests.Exchange;

public sealed class ImportTests
{
    [Fact]
    public async Task Json_lines_become_documents_and_bad_rows_stop_no_other()
    {
        var rows = await Jsonl("""
            {"title":" A ","text":"One\r\ntwo","id":"7","url":"https://site.test/a","metadata":{"b":1.50,"a":"x","c":null},"d":true}

            not json
            [1]
            {"title":"B"}
            {"title":"C","text":5}
            {"title":"D","text":"x","metadata":[]}
            {"title":"E","text":"x","tags":["y"]}
            {"title":"F","text":"x","url":"ftp://site.test/"}
            {"title":"G","text":"x","text":"y"}
            {"title":"H","text":"\ud800"}
            {"title":"I","text":"last"}
            """);

        Assert.Equal([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], rows.Select(row => row.Line));
        Assert.Equal(
            [
                null, ImportErrorCodes.InvalidJson, ImportErrorCodes.InvalidJson, ImportErrorCodes.MissingValue, ImportErrorCodes.InvalidValue, ImportErrorCodes.InvalidValue,
                ImportErrorCodes.InvalidValue, ImportErrorCodes.InvalidValue, ImportErrorCodes.InvalidJson, ImportErrorCodes.InvalidJson, null,
            ],
            rows.Select(row => row.Error?.Code));
        Assert.All(rows, row => Assert.NotEqual(row.Document is null, row.Error is null));
        var first = rows[0].Document!;
        Assert.Equal(("A", "One\ntwo", "7", "https://site.test/a"), (first.Title, first.Text, first.GivenId, first.Url));
        Assert.Equal("a=x b=1.50 d=true", string.Join(' ', first.Metadata.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public async Task Csv_becomes_documents_and_bad_rows_stop_no_other(char separator)
    {
        var rows = await Csv(string.Join("\r\n",
            "\uFEFFText,TITLE,Id,url,Author",
            "\"One, \"\"two\"\"\r\nthree\",A,7,https://site.test/a,Me",
            "",
            "x,B,,,",
            "x,C,,",
            "x,D,,,,",
            "\"x\"y,E,,,",
            "a\"b\"c,F,,,",
            ",G,,,",
            "x,H,,not an address,",
            "last,I,,,").Replace(',', separator));

        Assert.Equal([2, 5, 6, 7, 8, 9, 10, 11, 12], rows.Select(row => row.Line));
        Assert.Equal(
            [
                null, null, ImportErrorCodes.ColumnCount, ImportErrorCodes.ColumnCount, ImportErrorCodes.InvalidCsv, ImportErrorCodes.InvalidCsv, ImportErrorCodes.MissingValue,
                ImportErrorCodes.InvalidValue, null,
            ],
            rows.Select(row => row.Error?.Code));
        var first = rows[0].Document!;
        Assert.Equal(("A", $"One{separator} \"two\"\nthree".Replace("\t", " "), "7", "https://site.test/a"), (first.Title, first.Text, first.GivenId, first.Url));
        Assert.Equal("Me", Assert.Single(first.Metadata, pair => pair.Key == "Author").Value);
        Assert.Empty(rows[1].Document!.Metadata);
    }

    [Theory]
    [InlineData("", ImportErrorCodes.MissingColumns)]
    [InlineData("A,B\n1,2", ImportErrorCodes.MissingColumns)]
    [InlineData("title,body\n1,2", ImportErrorCodes.MissingColumns)]
    [InlineData("title,text,TITLE\n1,2,3", ImportErrorCodes.DuplicateColumn)]
    [InlineData("title,\"te\"xt\n1,2", ImportErrorCodes.InvalidCsv)]
    public async Task Csv_without_the_columns_that_are_needed_is_not_read(string csv, string code)
    {
        var row = Assert.Single(await Csv(csv));

        Assert.Equal((1, code), (row.Line, row.Error!.Code));
        Assert.True(code != ImportErrorCodes.MissingColumns || row.Error.Message.Contains("title, text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quote_that_is_never_closed_spoils_its_own_line_only()
    {
        var rows = await Csv("title,text\nA,\"open\nB,x\nC,\"also open\nD,y\n");

        // The quote of the first is closed by that of the third, as CSV has it.
        Assert.Equal([(2, ImportErrorCodes.InvalidCsv), (5, null)], rows.Select(row => ((int)row.Line, row.Error?.Code)));

        rows = await Csv("title,text\nA,\"open\nB,x\nD,y\n");
        Assert.Equal([(2, ImportErrorCodes.OpenQuote), (3, null), (4, null)], rows.Select(row => ((int)row.Line, row.Error?.Code)));
    }

    [Fact]
    public async Task Quotes_that_are_never_closed_are_given_up_after_some()
    {
        // Each line opens a quote by itself, and closes and opens one where one is open.
        var csv = "title,text\n" + string.Concat(Enumerable.Repeat("a\"b,\"\n", 400_000));
        var before = ThreadTime.Now;

        var rows = await Csv(csv);

        // Where the limit falls between two quotes, the row is too long.
        Assert.InRange(rows.Count, 1, ExchangeLimits.MaxOpenQuotes + 5);
        Assert.All(rows, row => Assert.Null(row.Document));
        Assert.InRange(ThreadTime.Now - before, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, ImportErrorCodes.RowTooLong)]
    public async Task Row_is_read_up_to_the_limit(int beyond, string? code)
    {
        const string Start = "{\"title\":\"A\",\"text\":\"";
        const string Last = "{\"title\":\"B\",\"text\":\"x\"}";
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var rows = await Jsonl(Start.PadRight(ExchangeLimits.MaxRowBytes - 2 + beyond, 'x') + "\"}" + end + Last);
            Assert.Equal([(1, code), (2, null)], rows.Select(row => ((int)row.Line, row.Error?.Code)));

            rows = await Csv("title,text" + end + "A,".PadRight(ExchangeLimits.MaxRowBytes + beyond, 'x') + end + "B,x");
            Assert.Equal([(2, code), (3, null)], rows.Select(row => ((int)row.Line, row.Error?.Code)));

            rows = await Csv("title,text" + end + "A,\"".PadRight(ExchangeLimits.MaxRowBytes - 1 + beyond, '\n') + "\"" + end + "B,x");
            Assert.Equal(2, rows.Count);
            Assert.Equal(ExchangeLimits.MaxRowBytes - "A,\"\"".Length + beyond + 3, rows[1].Line);
        }
    }

    [Fact]
    public async Task Row_that_is_much_too_long_is_passed_over()
    {
        var rows = await Jsonl(new string('x', ExchangeLimits.MaxRowBytes * 3) + "\n{\"title\":\"B\",\"text\":\"x\"}\n" + new string('y', ExchangeLimits.MaxRowBytes * 2));

        Assert.Equal([(1, ImportErrorCodes.RowTooLong), (2, null), (3, ImportErrorCodes.RowTooLong)], rows.Select(row => ((int)row.Line, row.Error?.Code)));
    }

    [Theory]
    [InlineData(ExchangeLimits.MaxDepth, ImportErrorCodes.InvalidValue)]
    [InlineData(ExchangeLimits.MaxDepth + 1, ImportErrorCodes.TooDeep)]
    [InlineData(100_000, ImportErrorCodes.TooDeep)]
    public async Task Json_is_nested_up_to_the_limit(int depth, string code)
    {
        var row = Assert.Single(await Jsonl($"{{\"title\":\"[\\\"[\",\"x\":{new string('[', depth - 1)}{new string(']', depth - 1)}}}"));

        Assert.Equal(code, row.Error!.Code);
    }

    [Theory]
    [InlineData(ExchangeLimits.MaxColumns, null)]
    [InlineData(ExchangeLimits.MaxColumns + 1, ImportErrorCodes.TooManyColumns)]
    public async Task Row_has_at_most_so_many_columns(int columns, string? code)
    {
        var names = Enumerable.Range(0, columns - 2).Select(i => $"c{i}");
        var csv = await Csv($"title,text,{string.Join(',', names)}\nA,x,{string.Join(',', names)}");
        Assert.Equal(code, Assert.Single(csv).Error?.Code);

        var json = await Jsonl($"{{\"title\":\"A\",\"text\":\"x\",{string.Join(',', Enumerable.Range(0, columns).Select(i => $"\"c{i}\":1"))}}}");
        Assert.Equal(code, Assert.Single(json).Error?.Code);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, ImportErrorCodes.InvalidValue)]
    public async Task Values_are_taken_up_to_their_limits(int beyond, string? code)
    {
        foreach (var row in new[]
        {
            $"\"title\":\"{new string('x', ExchangeLimits.MaxTitleCharacters + beyond)}\"",
            $"\"title\":\"A\",\"id\":\"{new string('x', ExchangeLimits.MaxIdCharacters + beyond)}\"",
            $"\"title\":\"A\",\"url\":\"{"http://site.test/".PadRight(ExchangeLimits.MaxUrlCharacters + beyond, 'x')}\"",
            $"\"title\":\"A\",\"{new string('x', ExchangeLimits.MaxNameCharacters + beyond)}\":1",
            $"\"title\":\"A\",\"c\":\"{new string('x', ExchangeLimits.MaxValueCharacters + beyond)}\"",
        })
        {
            Assert.Equal(code, Assert.Single(await Jsonl($"{{\"text\":\"x\",{row}}}")).Error?.Code);
        }
    }

    [Theory]
    [InlineData(ExchangeLimits.MaxRows, null)]
    [InlineData(ExchangeLimits.MaxRows + 1, ImportErrorCodes.TooManyRows)]
    public async Task File_is_read_up_to_the_limit_of_rows(int rows, string? code)
    {
        var count = 0;
        ImportedRow? last = null;
        await foreach (var row in CsvRowReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes("title,text\n" + new StringBuilder().Insert(0, "A,x\n", rows)))))
        {
            count++;
            last = row;
        }

        Assert.Equal(rows, count);
        Assert.Equal(code, last!.Error?.Code);
    }

    [Fact]
    public async Task Encoding_must_be_utf8()
    {
        Assert.Equal(ImportErrorCodes.InvalidEncoding, Assert.Single(await ReadAsync(JsonlReader.ReadAsync(new MemoryStream([0xFF, 0xFE, 0x7B, 0])))).Error!.Code);
        Assert.Equal(ImportErrorCodes.InvalidEncoding, Assert.Single(await ReadAsync(CsvRowReader.ReadAsync(new MemoryStream([0xFE, 0xFF, 0, 0x7B])))).Error!.Code);
        var rows = await ReadAsync(CsvRowReader.ReadAsync(new MemoryStream([.. "title,text\nA,"u8, 0xE4, .. "\nB,ä"u8])));
        Assert.Equal([ImportErrorCodes.InvalidEncoding, null], rows.Select(row => row.Error?.Code));
    }

    [Fact]
    public async Task File_that_is_imported_again_has_the_same_ids()
    {
        const string Rows = "{\"title\":\"A\",\"text\":\"x\",\"c\":\"1\"}\n{\"title\":\"A\",\"text\":\"x\"}\n{\"title\":\"A\",\"text\":\"x\",\"id\":\"7\"}\n{\"title\":\"Ax\",\"text\":\"\",\"c\":\"\"}\n";
        var once = await Jsonl(Rows);
        var again = await Jsonl(Rows.Replace("\n", "\r\n"));
        var csv = await Csv("title,text,c\nA,x,1\nA,x,\n");

        Assert.Equal(once.Select(row => row.Document?.Id), again.Select(row => row.Document?.Id));
        Assert.Equal(once.Take(2).Select(row => row.Document!.Id), csv.Select(row => row.Document!.Id));
        Assert.Equal(3, once.Select(row => row.Document?.Id).OfType<string>().Distinct().Count());
        Assert.All(once.Take(3), row => Assert.Matches("^[0-9a-f]{32}$", row.Document!.Id));

        var changed = Assert.Single(await Jsonl("{\"title\":\"A\",\"text\":\"y\",\"id\":\"7\"}"));
        Assert.Equal(once[2].Document!.Id, changed.Document!.Id);
        Assert.NotEqual(once[2].Document!.ContentHash, changed.Document.ContentHash);
    }

    [Fact]
    public async Task Stream_that_gives_a_byte_at_a_time_gives_the_same()
    {
        const string Text = "\uFEFFtitle,text\r\nA,\"x\r\n\"\"y\"\"\"\r\n\r\nB,z";
        var whole = await Csv(Text);
        var trickled = await ReadAsync(CsvRowReader.ReadAsync(new TrickleStream(Encoding.UTF8.GetBytes(Text))));

        Assert.Equal(whole.Select(row => (row.Line, row.Document!.Id, row.Document.Text)), trickled.Select(row => (row.Line, row.Document!.Id, row.Document.Text)));
        Assert.Equal("x\n\"y\"", whole[0].Document!.Text);
    }

    private static Task<List<ImportedRow>> Jsonl(string text) => ReadAsync(JsonlReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text))));

    private static Task<List<ImportedRow>> Csv(string text) => ReadAsync(CsvRowReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text))));

    private static async Task<List<ImportedRow>> ReadAsync(IAsyncEnumerable<ImportedRow> rows)
    {
        var list = new List<ImportedRow>();
        await foreach (var row in rows)
        {
            list.Add(row);
        }

        return list;
    }

    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..1], cancellationToken);
    }
}
