using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jobs.Documents.Exchange;
using Xunit.Abstractions;

namespace Jobs.Documents.Tests.Exchange;

/// <summary>Alone: one of these looks at the memory of the process.</summary>
[CollectionDefinition(nameof(ExportTests), DisableParallelization = true)]
[Collection(nameof(ExportTests))]
public sealed class ExportTests(ITestOutputHelper output)
{
    private const int ManyRows = 100_000;

    /// <summary>The most that memory may grow by between the first and the last row of an export; all rows together have about ten times as much.</summary>
    private const long MaxGrowth = 8 * 1024 * 1024;

    private static readonly CsvColumn<Row>[] Columns = [new("title", row => row.Title), new("text", row => row.Text)];

    [Fact]
    public async Task Json_lines_are_what_was_given()
    {
        using var stream = new MemoryStream();

        var file = await JsonlWriter.WriteAsync(stream, Rows(new("A", "ä \"x\"\n<b>\u2028"), new("B", "")), Write);

        var lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal("{\"title\":\"B\",\"text\":\"\"}", lines[1]);
        Assert.Equal("ä \"x\"\n<b>\u2028", JsonDocument.Parse(lines[0]).RootElement.GetProperty("text").GetString());
        Assert.Equal(new ExportedFile(2, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()))), file);
    }

    [Theory]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@x", "\"'@x\"")]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("a=1", "a=1")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b\nc", "\"a\"\"b\nc\"")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public async Task Csv_cell_is_written_so_that_no_spreadsheet_runs_it(string? text, string cell)
    {
        using var stream = new MemoryStream();

        var file = await CsvWriter.WriteAsync(stream, Columns, Rows(new Row("T", text)));

        Assert.Equal($"title,text\r\nT,{cell}\r\n", Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Equal(new ExportedFile(1, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()))), file);
    }

    [Fact]
    public async Task Export_is_imported_as_it_was()
    {
        using var stream = new MemoryStream();
        await CsvWriter.WriteAsync(stream, Columns, Rows(new("A", "x, \"y\"\r\nz"), new("B", "ä")));
        stream.Position = 0;

        var texts = new List<string?>();
        await foreach (var row in CsvRowReader.ReadAsync(stream))
        {
            texts.Add(row.Document?.Text);
        }

        Assert.Equal(["x, \"y\"\nz", "ä"], texts);
    }

    [Fact]
    public async Task Archive_has_its_entries_and_a_manifest_of_them()
    {
        using var stream = new WriteOnlyStream();
        var createdAt = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using (var zip = new ZipExport(stream, createdAt))
        {
            await zip.AddAsync("documents.jsonl", (entry, token) => JsonlWriter.WriteAsync(entry, Rows(new("A", "x"), new("B", "y")), Write, token));
            await zip.AddAsync("tables/documents.csv", (entry, token) => CsvWriter.WriteAsync(entry, Columns, Rows(new Row("A", "x")), token));
            await zip.CompleteAsync();
        }

        using var archive = new ZipArchive(new MemoryStream(stream.ToArray()));
        Assert.Equal(["documents.jsonl", "tables/documents.csv", ZipExport.ManifestName], archive.Entries.Select(entry => entry.FullName));
        var manifest = JsonSerializer.Deserialize<ZipManifest>(Content(archive, ZipExport.ManifestName), JsonSerializerOptions.Web)!;
        Assert.Equal((createdAt, 2, 3L), (manifest.CreatedAt, manifest.EntryCount, manifest.Rows));
        Assert.Equal([2L, 1L], manifest.Entries.Select(entry => entry.Rows));
        Assert.All(manifest.Entries, entry =>
        {
            var content = Content(archive, entry.Name);
            Assert.Equal(((long)content.Length, Convert.ToHexStringLower(SHA256.HashData(content))), (entry.Bytes, entry.Sha256));
        });
        Assert.Equal(manifest.Bytes, manifest.Entries.Sum(entry => entry.Bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("a//b")]
    [InlineData(".hidden")]
    [InlineData("a\\b")]
    [InlineData("MANIFEST.json")]
    [InlineData("used")]
    public async Task Archive_takes_no_name_that_leads_elsewhere_or_was_used(string name)
    {
        await using var zip = new ZipExport(new MemoryStream(), DateTimeOffset.UnixEpoch);
        await zip.AddAsync("used", WriteNothing);

        await Assert.ThrowsAsync<ArgumentException>(() => zip.AddAsync(name, WriteNothing));
    }

    [Fact]
    public async Task Archive_has_at_most_so_many_entries()
    {
        await using var zip = new ZipExport(new MemoryStream(), DateTimeOffset.UnixEpoch);
        for (var i = 0; i < ExchangeLimits.MaxEntries; i++)
        {
            await zip.AddAsync($"e{i}", WriteNothing);
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => zip.AddAsync("one-more", WriteNothing));
        Assert.Equal(ExchangeLimits.MaxEntries, (await zip.CompleteAsync()).EntryCount);
    }

    [Fact]
    public async Task Memory_stays_flat_while_100000_rows_are_exported()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var memory = new List<long>();
            ZipManifest manifest;
            await using (var stream = File.Create(path))
            await using (var zip = new ZipExport(stream, DateTimeOffset.UnixEpoch))
            {
                await zip.AddAsync("rows.jsonl", (entry, token) => JsonlWriter.WriteAsync(entry, Many(memory, token), Write, token));
                await zip.AddAsync("rows.csv", (entry, token) => CsvWriter.WriteAsync(entry, Columns, Many(memory, token), token));
                manifest = await zip.CompleteAsync();
            }

            var growth = memory.Max() - memory[0];
            output.WriteLine($"{manifest.Rows:N0} rows, {manifest.Bytes:N0} bytes, {new FileInfo(path).Length:N0} compressed; memory {memory[0]:N0} bytes at first, at most {growth:N0} more");
            Assert.Equal(ManyRows * 2, manifest.Rows);
            Assert.InRange(manifest.Bytes, MaxGrowth * 8, long.MaxValue);
            Assert.InRange(growth, long.MinValue, MaxGrowth);
            using var archive = await ZipFile.OpenReadAsync(path);
            foreach (var entry in manifest.Entries)
            {
                await using var content = await archive.GetEntry(entry.Name)!.OpenAsync();
                Assert.Equal(entry.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(content)));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async IAsyncEnumerable<Row> Many(List<long> memory, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < ManyRows; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i % 10_000 == 0)
            {
                memory.Add(GC.GetTotalMemory(forceFullCollection: true));
                await Task.Yield();
            }

            yield return new Row($"Row {i}", new string((char)('a' + i % 26), 400));
        }
    }

    private static void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        json.WriteString("title", row.Title);
        json.WriteString("text", row.Text);
        json.WriteEndObject();
    }

    private static Task<ExportedFile> WriteNothing(Stream stream, CancellationToken cancellationToken) => JsonlWriter.WriteAsync(stream, Rows(), Write, cancellationToken);

    private static async IAsyncEnumerable<Row> Rows(params Row[] rows)
    {
        foreach (var row in rows)
        {
            await Task.Yield();
            yield return row;
        }
    }

    private static byte[] Content(ZipArchive archive, string name)
    {
        using var content = new MemoryStream();
        using var stream = archive.GetEntry(name)!.Open();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private sealed record Row(string Title, string? Text);

    /// <summary>An output such as a blob's: it can be written from front to back and nothing else.</summary>
    private sealed class WriteOnlyStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override bool CanRead => false;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }
    }
}
