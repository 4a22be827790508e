using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Documents.Chunking;
using Jobs.Documents.Exchange;
using Jobs.Functions.JobTypes.DocumentProcessing;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>The job type <c>document_processing</c>, through the API and down to the documents.</summary>
public sealed class DocumentProcessingJobTests
{
    private static readonly object Tea = new { title = "Tea", text = "Tea is a drink. It is made of leaves." };

    [Fact]
    public async Task Files_of_real_programs_and_texts_become_documents()
    {
        await using var app = await TestApp.StartAsync();
        var docx = await app.Client.UploadAsync(DocumentFixture.Read("agreement.docx"));
        var xlsx = await app.Client.UploadAsync(DocumentFixture.Read("inventory.xlsx"));
        var pdf = await app.Client.UploadAsync(DocumentFixture.Read("columns.pdf"));
        var markdown = await app.Client.UploadAsync(DocumentFixture.Read("release-notes.md"));

        var id = await app.Client.ProcessAsync(docx, xlsx, pdf, new { uploadId = markdown, fileName = "release-notes.md" }, Tea);

        Payload.AssertMatches("004-job-document-processing.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{id}"));
        Payload.AssertMatches("004-document-processing-results.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{id}/results"));
        var documents = await app.DocumentsAsync();
        Assert.Equal(5, documents.Count);
        foreach (var document in documents)
        {
            // Where an export finds the text.
            var row = (await ReadAsync<ImportedRow>(app, document, document.ContentRef))[document.Position];
            Assert.Equal((document.Id, document.Title), (row.Document!.Id, row.Document.Title));
            var chunks = await ReadAsync<DocumentChunk>(app, document, document.ChunksRef!);
            Assert.All(chunks, chunk => Assert.Equal(chunk.Text, row.Document.Text.Substring(chunk.Start, chunk.Length)));
        }
    }

    [Fact]
    public async Task Processing_a_file_again_changes_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var upload = await app.Client.UploadAsync(DocumentFixture.Read("agreement.pdf"));
        await app.Client.ProcessAsync(upload, Tea);
        var before = await app.DocumentsAsync();

        var again = await app.Client.ProcessAsync(upload, Tea);

        Assert.Equal(["unchanged", "unchanged"], (await app.Client.ReadAllAsync($"v1/api/jobs/{again}/results")).Select(result => result.GetProperty("change").GetString()));
        Assert.Equal(before, await app.DocumentsAsync());
    }

    [Fact]
    public async Task Hostile_and_missing_files_are_errors_of_their_own_and_the_others_are_processed()
    {
        await using var app = await TestApp.StartAsync();
        var locked = await app.Client.UploadAsync(DocumentFixture.Read("locked.pdf"));
        var bomb = await app.Client.UploadAsync(Bomb());
        var cut = await app.Client.UploadAsync(DocumentFixture.Read("agreement.docx")[..2_000]);
        var image = await app.Client.UploadAsync([0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2, 3]);
        var other = await app.Client.UploadAsync(DocumentFixture.Read("agreement.docx"));
        var missing = $"upload_{new string('0', 64)}";

        var id = await app.Client.ProcessAsync(locked, Tea, bomb, cut, image, new { uploadId = other, fileName = "agreement.pdf" }, missing, Tea);

        Assert.Equal("""{"documentsProcessed":1,"errors":7}""", (await app.Client.GetDataAsync($"v1/api/jobs/{id}")).ResultOf());
        Assert.Equal(
            [(0, "encrypted"), (2, "too_large"), (3, "malformed"), (4, "unsupported_format"), (5, "format_mismatch"), (6, "upload_not_found"), (7, "duplicate_document")],
            (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors")).Select(error => (error.GetProperty("position").GetInt32(), error.GetProperty("code").GetString()!)));
        Payload.AssertMatches("004-document-processing-errors.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{id}/errors?limit=1"));
        Assert.Single(await app.DocumentsAsync());
    }

    [Fact]
    public async Task Job_of_nothing_but_bad_documents_fails_with_the_first_error()
    {
        await using var app = await TestApp.StartAsync();

        var id = await app.Client.ProcessAsync(await app.Client.UploadAsync(DocumentFixture.Read("locked.pdf")));

        var job = await app.Client.GetDataAsync($"v1/api/jobs/{id}");
        Assert.Equal("failed", job.Status());
        Assert.StartsWith("No document could be processed, of 1. Document 0: ", job.ResultOf(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rerun_of_only_what_failed_reads_those_documents_alone()
    {
        await using var app = await TestApp.StartAsync();
        var file = DocumentFixture.Read("people.csv");
        var missing = $"upload_{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file))}";
        var id = await app.Client.ProcessAsync(Tea, missing);
        Assert.Equal("""{"documentsProcessed":1,"errors":1}""", (await app.Client.GetDataAsync($"v1/api/jobs/{id}")).ResultOf());

        await app.Client.UploadAsync(file);
        var again = await app.Client.RerunFailedAsync(id);

        Assert.Equal("""{"documentsProcessed":1,"errors":0}""", again.ResultOf());
        var result = Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{again.GetProperty("id").GetString()}/results"));
        Assert.Equal(1, result.GetProperty("position").GetInt32());
    }

    [Fact]
    public async Task Another_organisations_file_is_none_and_the_same_file_is_a_document_of_each()
    {
        await using var app = await TestApp.StartAsync();
        var file = Encoding.UTF8.GetBytes("Only acme knows this.");
        var upload = await app.Client.UploadAsync(file);

        var foreign = await app.OtherTenant.ProcessAsync(upload);
        Assert.Equal($"No document could be processed, of 1. Document 0: There is no upload {upload}.", (await app.OtherTenant.GetDataAsync($"v1/api/jobs/{foreign}")).ResultOf());
        Assert.Empty(await app.DocumentsAsync("other"));

        await app.OtherTenant.UploadAsync(file);
        await app.OtherTenant.ProcessAsync(upload);
        await app.Client.ProcessAsync(upload);
        Assert.Equal(Assert.Single(await app.DocumentsAsync()).Id, Assert.Single(await app.DocumentsAsync("other")).Id);
    }

    [Fact]
    public async Task Job_that_is_cancelled_in_the_middle_keeps_what_it_has_done()
    {
        await using var app = await TestApp.StartAsync();
        // Each is read by a process of its own, so that many take seconds.
        var pages = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => app.Client.UploadAsync(Encoding.UTF8.GetBytes($"<html><body><p>This is page {number}.</p></body></html>"))));
        var id = await app.Client.CreateJobAsync("document_processing", new { documents = pages });
        await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);

        using var cancel = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);

        Assert.Equal(202, (int)cancel.StatusCode);
        Assert.Equal("cancelled", (await app.Client.WaitForWorkAsync(id)).Status());
        var results = (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results")).Select(result => result.GetProperty("id").GetString()).ToList();
        Assert.InRange(results.Count, 1, pages.Length - 1);
        Assert.Subset((await app.DocumentsAsync()).Select(document => document.Id).ToHashSet(), results.ToHashSet()!);
    }

    [Fact]
    public async Task Batch_that_is_done_twice_comes_out_the_same()
    {
        await using var app = await TestApp.StartAsync();
        var id = await app.Client.ProcessAsync(await app.Client.UploadAsync(DocumentFixture.Read("agreement.docx")));
        var (work, handler) = await app.ContextAsync(id);
        var first = (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results"))[0];
        var before = await app.DocumentsAsync();

        var batch = Assert.Single(await handler.PlanAsync(work, CancellationToken.None));
        var again = await handler.RunAsync(work, batch, CancellationToken.None);

        Assert.Equal(first.GetRawText(), JsonSerializer.SerializeToElement(Assert.Single(again.Results), WorkJson.Options).GetRawText());
        Assert.Equal(before, await app.DocumentsAsync());
    }

    [Fact]
    public async Task Processing_goes_on_in_the_next_process_and_nothing_is_lost_or_doubled()
    {
        const int Count = 6;
        var data = Path.Combine(Path.GetTempPath(), $"jobs-test-{Guid.NewGuid():N}");
        try
        {
            string id;
            await using (var app = await TestApp.StartAsync(data: data))
            {
                var pages = await Task.WhenAll(Enumerable.Range(0, Count).Select(number => app.Client.UploadAsync(Encoding.UTF8.GetBytes($"<html><body><p>This is page {number}.</p></body></html>"))));
                id = await app.Client.CreateJobAsync("document_processing", new { documents = pages });
                await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);
            }

            await using var next = await TestApp.StartAsync(data: data);
            Assert.Equal($$"""{"documentsProcessed":{{Count}},"errors":0}""", (await next.Client.WaitForWorkAsync(id)).ResultOf());
            var results = await next.Client.ReadAllAsync($"v1/api/jobs/{id}/results");
            Assert.Equal(Enumerable.Range(0, Count), results.Select(result => result.GetProperty("position").GetInt32()));
            Assert.All(results, result => Assert.Equal("created", result.GetProperty("change").GetString()));
            Assert.Equal(Count, (await next.DocumentsAsync()).Count);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Theory]
    [InlineData("""{}""", "'input.documents' must have 1 to 1000 documents.")]
    [InlineData("""{"documents":[]}""", "'input.documents' must have 1 to 1000 documents.")]
    [InlineData("""{"documents":"x"}""", "'input.documents' is not what it must be: look up this type's input in the documentation.")]
    [InlineData("""{"documents":[7]}""", "'input.documents[0]' must be an uploadId, or an object with either 'uploadId' or 'title' and 'text'.")]
    [InlineData("""{"documents":[null]}""", "'input.documents[0]' must be an uploadId, or an object with either 'uploadId' or 'title' and 'text'.")]
    [InlineData("""{"documents":[{"title":"a","text":"\ud800"}]}""", "'input.documents[0]' must be an uploadId, or an object with either 'uploadId' or 'title' and 'text'.")]
    [InlineData("""{"documents":[{"title":"a","text":"b"},"../x"]}""", "'input.documents[1]' must be the id of an upload.")]
    [InlineData("""{"documents":[{"title":" ","text":"b"}]}""", "'input.documents[0]' must have a 'title' of 1 to 500 characters.")]
    [InlineData("""{"documents":[{"title":"a","text":" "}]}""", "'input.documents[0]' must not have a blank 'text'.")]
    [InlineData("""{"documents":[{"title":"a","text":"b","fileName":"c"}]}""", "'input.documents[0]' must not have 'fileName' beside 'text'.")]
    public async Task Input_that_breaks_a_rule_is_400(string input, string message)
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/api/jobs", new StringContent($$"""{"type":"document_processing","input":{{input}}}""", Encoding.UTF8, "application/json"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(message, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(DocumentProcessingHandler.MaxDocuments, 1, 1, true)]
    [InlineData(DocumentProcessingHandler.MaxDocuments + 1, 1, 1, false)]
    [InlineData(1, DocumentProcessingHandler.MaxTitleCharacters, 1, true)]
    [InlineData(1, DocumentProcessingHandler.MaxTitleCharacters + 1, 1, false)]
    [InlineData(1, 1, DocumentProcessingHandler.MaxFileNameCharacters, true)]
    [InlineData(1, 1, DocumentProcessingHandler.MaxFileNameCharacters + 1, false)]
    public async Task Input_has_so_many_documents_and_they_so_long_names(int documents, int title, int fileName, bool isTaken)
    {
        await using var app = await TestApp.StartAsync();
        var upload = new { uploadId = $"upload_{new string('0', 64)}", fileName = new string('x', fileName) };
        object[] sent = [.. Enumerable.Range(1, documents - 1).Select(number => new { title = $"{number}", text = "x" }), title == 1 ? upload : new { title = new string('x', title), text = "x" }];

        using var response = await app.Client.PostJobAsync("document_processing", new { documents = sent });
        var body = await response.ReadJsonAsync();

        Assert.Equal(isTaken ? 202 : 400, (int)response.StatusCode);
        if (documents == DocumentProcessingHandler.MaxDocuments)
        {
            var id = body.GetProperty("data").GetProperty("id").GetString()!;
            await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);
            using var cancel = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);
            await app.Client.WaitForWorkAsync(id);
            var (work, handler) = await app.ContextAsync(id);
            Assert.Equal(documents, (await handler.PlanAsync(work, CancellationToken.None)).Count);
        }
    }

    /// <summary>A document of a real program, whose styles are a hundred megabytes of nothing.</summary>
    private static byte[] Bomb()
    {
        var file = new MemoryStream();
        file.Write(DocumentFixture.Read("agreement.docx"));
        using (var archive = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry("word/styles.xml")!.Delete();
            using var entry = archive.CreateEntry("word/styles.xml").Open();
            entry.Write(new byte[100 * 1024 * 1024]);
        }

        return file.ToArray();
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(TestApp app, StoredDocument document, string reference) =>
        JsonSerializer.Deserialize<IReadOnlyList<T>>(
            (await app.Services.GetRequiredService<ArtifactStore>().ReadAsync("acme", document.JobId, reference, CancellationToken.None)).ToMemory().Span, WorkJson.Options)!;
}
