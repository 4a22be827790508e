using System.Text;
using Jobs.Documents.Parsing;
using Jobs.Documents.Tests.Parsing;
using Jobs.Execution.Isolation;
using Jobs.Execution.Reading;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Documents.Tests.Reading;

/// <summary>The real reader in every isolation that can exist on this system.</summary>
public sealed class DocumentProcessTests : IDisposable
{
    private readonly string _temp = Directory.CreateTempSubdirectory("jobs-reader-tests-").FullName;

    public static TheoryData<ProcessIsolation> Isolations =>
        !OperatingSystem.IsLinux() ? [ProcessIsolation.None]
        : !Environment.IsPrivilegedProcess ? [ProcessIsolation.UserNamespace, ProcessIsolation.None]
        : [ProcessIsolation.Chroot, ProcessIsolation.UserNamespace, ProcessIsolation.None];

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Documents_are_read_as_in_this_process(ProcessIsolation isolation)
    {
        using var process = Create(new() { Isolation = isolation });
        Assert.Equal(isolation, await process.PrepareAsync(default));

        foreach (var name in new[] { "agreement.docx", "columns.pdf", "article.html" })
        {
            var reading = await process.ReadAsync(Fixture.Read(name), name, null, default);
            Assert.True(reading is DocumentReading.Succeeded, $"{name}: {reading}");
            var read = (DocumentReading.Succeeded)reading;
            var document = ParsedDocumentJson.Read(read.Json.Span);

            var expected = DocumentParser.Parse(Fixture.Read(name), name, null, default);
            Assert.Equal(expected.Text, document.Text);
            Assert.Equal(expected.Sections, document.Sections);
        }

        // What is wrong with a document is told in the reader's words.
        Assert.Equal(
            new DocumentReading.Refused("format_mismatch", "The document is a pdf by its name, but its content is a docx."),
            await process.ReadAsync(Fixture.Read("agreement.docx"), "näme\0\n.pdf", "application/octet-stream", default));
        Assert.Equal("encrypted", Assert.IsType<DocumentReading.Refused>(await process.ReadAsync(Fixture.Read("locked.pdf"), null, "application/pdf", default)).Code);
        Assert.Empty(Processes());
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Document_that_needs_more_memory_than_allowed_is_too_large(ProcessIsolation isolation)
    {
        using var process = Create(new() { Isolation = isolation, HeapBytes = 48 * 1024 * 1024 });
        await process.PrepareAsync(default);
        var page = Encoding.UTF8.GetBytes("<html><body>" + new StringBuilder().Insert(0, "<p>a <b>b</b></p>", 300_000));

        Assert.Equal(
            new DocumentReading.Refused("too_large", "The document needs more memory than 48 MiB to be read."),
            await process.ReadAsync(page, "a.html", null, default));
        Assert.Empty(Processes());
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Document_that_takes_too_long_is_killed(ProcessIsolation isolation)
    {
        using var process = Create(new() { Isolation = isolation, TimeLimit = TimeSpan.FromMilliseconds(1) });
        await process.PrepareAsync(default);

        Assert.Equal(
            new DocumentReading.Refused("too_slow", "Reading the document took longer than 0.001 s."),
            await process.ReadAsync(Fixture.Read("columns.pdf"), null, null, default));
        Assert.Empty(Processes());
    }

    [Fact]
    public async Task Cancelling_kills_the_reader_and_frees_its_place()
    {
        using var process = Create(new() { MaxConcurrent = 1 });
        await process.PrepareAsync(default);
        using var cancellation = new CancellationTokenSource();
        var reading = process.ReadAsync(Fixture.Read("columns.pdf"), null, null, cancellation.Token);
        using var impatience = new CancellationTokenSource();
        var waiting = process.ReadAsync(Fixture.Read("columns.pdf"), null, null, impatience.Token);

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        Assert.Empty(Processes());
        Assert.IsType<DocumentReading.Succeeded>(await process.ReadAsync("some text"u8.ToArray(), null, null, default));
    }

    [Fact]
    public async Task Folder_is_made_anew_when_somebody_deletes_a_part_of_it_and_is_gone_in_the_end()
    {
        using (var process = Create(new()))
        {
            await process.PrepareAsync(default);
            foreach (var file in Directory.EnumerateFiles(_temp, "lock", SearchOption.AllDirectories))
            {
                File.Delete(file);
            }

            Assert.IsType<DocumentReading.Succeeded>(await process.ReadAsync("some text"u8.ToArray(), null, null, default));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp));
    }

    [Fact]
    public async Task Document_of_more_bytes_than_allowed_is_refused_without_a_process()
    {
        using var process = Create(new() { ReaderFolder = _temp });

        Assert.Equal("too_large", Assert.IsType<DocumentReading.Refused>(await process.ReadAsync(new byte[DocumentReaderLimits.DocumentBytes + 1], null, null, default)).Code);
        Assert.Equal(DocumentLimits.MaxBytes, DocumentReaderLimits.DocumentBytes);
    }

    [Fact]
    public async Task Reader_that_is_not_installed_is_named()
    {
        using var process = Create(new() { ReaderFolder = _temp });

        var fault = await Assert.ThrowsAsync<DocumentReaderUnavailableException>(() => process.ReadAsync("a"u8.ToArray(), null, null, default));
        Assert.Contains("Jobs.DocumentReader.dll", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "", "too_large")]
    [InlineData(134, "Out of memory.\n   at X", "too_large")]
    [InlineData(139, "Unhandled exception. System.OutOfMemoryException: x", "too_large")]
    [InlineData(137, "", "too_large")]
    [InlineData(134, "Stack overflow.\n   at X", "too_deep")]
    [InlineData(152, "", "too_slow")]
    [InlineData(139, "", "malformed")]
    [InlineData(134, "Unhandled exception. System.Exception: x", "malformed")]
    public void Death_of_a_reader_is_told_in_a_word_of_the_parsers(int exitCode, string messages, string word)
    {
        using var process = Create(new());

        var refused = Assert.IsType<DocumentReading.Refused>(process.Outcome(new ReaderResult(exitCode, default, IsWhole: true, messages)));

        Assert.Equal(word, refused.Code);
        Assert.NotNull(DocumentErrorCodes.FromWord(refused.Code));
    }

    [Theory]
    [InlineData(2, "")]
    [InlineData(1, "")]
    [InlineData(137, "Failed to create CoreCLR, HRESULT: 0x8007000E")]
    public void Fault_of_the_installation_is_none_of_the_document(int exitCode, string messages)
    {
        using var process = Create(new());

        Assert.Throws<DocumentReaderUnavailableException>(() => process.Outcome(new ReaderResult(exitCode, default, IsWhole: true, messages)));
    }

    [Fact]
    public void Output_that_is_cut_is_too_large()
    {
        using var process = Create(new());

        Assert.Equal("too_large", Assert.IsType<DocumentReading.Refused>(process.Outcome(new ReaderResult(0, "{"u8.ToArray(), IsWhole: false, ""))).Code);
    }

    public void Dispose() => Directory.Delete(_temp, recursive: true);

    private DocumentProcess Create(DocumentReaderOptions options) =>
        new(options with { TempFolder = _temp }, TimeProvider.System, NullLogger<DocumentProcess>.Instance);

    /// <summary>Readers of this test that still live: they were told to work in its folder, or the reader in it.</summary>
    private IEnumerable<string> Processes()
    {
        foreach (var process in OperatingSystem.IsLinux() ? Directory.EnumerateDirectories("/proc") : [])
        {
            string command;
            try
            {
                command = File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is gone, or no process.
                continue;
            }

            if (command.Contains(_temp, StringComparison.Ordinal) || command.Contains(Path.Combine(AppContext.BaseDirectory, "Jobs.DocumentReader.dll"), StringComparison.Ordinal))
            {
                yield return command;
            }
        }
    }
}
