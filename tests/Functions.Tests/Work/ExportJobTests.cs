using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jobs.Documents.Exchange;
using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Functions.JobTypes.Export;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>The job type <c>export</c>, from the documents to the file that a caller downloads.</summary>
public sealed class ExportJobTests
{
    private const string Tea = """{"id":"tea","title":"=Tea","text":"Tea is\na <drink> \uD83C\uDF75.","url":"https://example.com/tea","origin":"China","cups":2}""";
    private const string Coffee = """{"title":"Coffee","text":"Coffee is another."}""";

    [Fact]
    public async Task Export_is_a_file_whose_bytes_and_hash_the_result_says()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee));

        var id = await ExportAsync(app.Client, "documents", "jsonl");

        Payload.AssertMatches("004-export-completed.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{id}"));
        using var response = await app.Client.GetAsync($"v1/api/jobs/{id}/files/documents.jsonl");
        var content = await response.Content.ReadAsByteArrayAsync();
        var file = (await app.Client.GetDataAsync($"v1/api/jobs/{id}")).GetProperty("result").GetProperty("files")[0];
        Assert.Equal((file.GetProperty("bytes").GetInt64(), file.GetProperty("sha256").GetString()), (content.LongLength, Convert.ToHexStringLower(SHA256.HashData(content))));
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(("attachment", "documents.jsonl"), (response.Content.Headers.ContentDisposition!.DispositionType, response.Content.Headers.ContentDisposition.FileName));
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(content.LongLength, response.Content.Headers.ContentLength);
        var rows = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Payload.AssertMatches("004-export-document.json", rows.Single(row => row.GetProperty("title").GetString() == "=Tea"));
        Assert.Equal(Coffee, rows.Single(row => row.GetProperty("title").GetString() == "Coffee").ToString());

        using var again = new HttpRequestMessage(HttpMethod.Get, $"v1/api/jobs/{id}/files/documents.jsonl");
        again.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse($"\"{file.GetProperty("sha256").GetString()}\""));
        using var known = await app.Client.SendAsync(again);
        Assert.Equal(304, (int)known.StatusCode);
    }

    [Fact]
    public async Task What_was_exported_is_imported_as_the_same_documents()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee));
        var exported = await DownloadAsync(app.Client, await ExportAsync(app.Client, "documents", "jsonl"), "documents.jsonl");

        var job = await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Encoding.UTF8.GetString(exported)));

        Assert.Equal("""{"documentsCreated":0,"documentsUpdated":0,"documentsUnchanged":2,"errors":0}""", job.GetProperty("result").ToString());
        // And exported again they are the same, byte for byte.
        Assert.Equal(exported, await DownloadAsync(app.Client, await ExportAsync(app.Client, "documents", "jsonl"), "documents.jsonl"));
    }

    [Fact]
    public async Task Csv_has_a_header_and_no_cell_that_a_spreadsheet_runs()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea));

        var csv = Encoding.UTF8.GetString(await DownloadAsync(app.Client, await ExportAsync(app.Client, "documents", "csv"), "documents.csv"));

        Assert.Equal(
            "id,title,text,url,metadata\r\ntea,\"'=Tea\",\"Tea is\na <drink> \uD83C\uDF75.\",https://example.com/tea,\"{\"\"cups\"\":\"\"2\"\",\"\"origin\"\":\"\"China\"\"}\"\r\n", csv);
    }

    [Fact]
    public async Task Zip_has_a_manifest_whose_hashes_are_those_of_its_entries()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee));
        var lines = await DownloadAsync(app.Client, await ExportAsync(app.Client, "documents", "jsonl"), "documents.jsonl");

        using var archive = new ZipArchive(new MemoryStream(await DownloadAsync(app.Client, await ExportAsync(app.Client, "documents", "zip"), "documents.zip")));

        Assert.Equal(["documents.jsonl", ZipExport.ManifestName], archive.Entries.Select(entry => entry.FullName));
        Assert.Equal(lines, Read("documents.jsonl"));
        var manifest = JsonSerializer.Deserialize<ZipManifest>(Read(ZipExport.ManifestName), JsonSerializerOptions.Web)!;
        Assert.Equal((1, 2L, lines.LongLength), (manifest.EntryCount, manifest.Rows, manifest.Bytes));
        Assert.Equal([new ZipManifestEntry("documents.jsonl", 2, lines.Length, Convert.ToHexStringLower(SHA256.HashData(lines)))], manifest.Entries);

        byte[] Read(string name)
        {
            using var content = new MemoryStream();
            using var entry = archive.GetEntry(name)!.Open();
            entry.CopyTo(content);
            return content.ToArray();
        }
    }

    [Fact]
    public async Task Jobs_are_exported_as_they_are_shown_and_without_the_export_itself()
    {
        await using var app = await WorkApp.StartAsync();
        var import = await app.Client.ImportAsync(Tea);
        await app.Client.WaitForWorkAsync(import);
        var failed = await app.Client.ImportAsync("{}");
        await app.Client.WaitForWorkAsync(failed);
        await app.OtherTenant.WaitForWorkAsync(await app.OtherTenant.ImportAsync(Tea));

        var id = await ExportAsync(app.Client, "jobs", "jsonl");

        var rows = Encoding.UTF8.GetString(await DownloadAsync(app.Client, id, "jobs.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([(await app.Client.GetDataAsync($"v1/api/jobs/{failed}")).ToString(), (await app.Client.GetDataAsync($"v1/api/jobs/{import}")).ToString()], rows);
        var csv = Encoding.UTF8.GetString(await DownloadAsync(app.Client, await ExportAsync(app.Client, "jobs", "csv"), "jobs.csv")).Split("\r\n");
        Assert.Equal("id,type,status,progress,createdAt,completedAt,error,originalJobId,result", csv[0]);
        Assert.StartsWith($"{import},import,completed,100,", csv[^2]);
    }

    [Fact]
    public async Task Embeddings_are_exported_chunk_by_chunk_and_gone_with_their_document()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var ids = await app.Client.ProcessTextsAsync("Tea is a drink", "Trains leave at nine");
        await app.Client.EmbedAsync();

        var id = await ExportAsync(app.Client, "embeddings", "jsonl");

        var rows = Encoding.UTF8.GetString(await DownloadAsync(app.Client, id, "embeddings.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(ids.Order(), rows.Select(row => row.GetProperty("documentId").GetString()!).Order());
        Assert.All(rows, row => Assert.Equal(new WordEmbedder().Dimensions, row.GetProperty("vector").GetArrayLength()));
        using (var deleted = await app.Client.DeleteAsync($"v1/api/documents/{ids[0]}"))
        {
            Assert.Equal(200, (int)deleted.StatusCode);
        }

        Assert.Equal(["Trains leave at nine"], (await app.Client.SearchAsync("tea")).Titles());
        var rest = await ExportAsync(app.Client, "embeddings", "csv");
        Assert.Equal(1, (await app.Client.GetDataAsync($"v1/api/jobs/{rest}")).GetProperty("result").GetProperty("rows").GetInt32());
    }

    [Theory]
    [InlineData("jsonl", 0)]
    [InlineData("csv", 28)]
    public async Task Organisation_that_has_nothing_exports_nothing(string format, int bytes)
    {
        await using var app = await WorkApp.StartAsync();
        await app.OtherTenant.WaitForWorkAsync(await app.OtherTenant.ImportAsync(Tea));

        var id = await ExportAsync(app.Client, "documents", format);

        var job = await app.Client.GetDataAsync($"v1/api/jobs/{id}");
        Assert.Equal((0, 0), (job.GetProperty("result").GetProperty("rows").GetInt32(), job.GetProperty("result").GetProperty("errors").GetInt32()));
        Assert.Equal(bytes, (await DownloadAsync(app.Client, id, $"documents.{format}")).Length);
    }

    [Fact]
    public async Task File_of_another_organisation_and_one_that_there_is_not_are_404()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea));
        var id = await ExportAsync(app.Client, "documents", "jsonl");
        var without = await app.Client.CreateJobAsync("test_work", new { });
        await app.Client.WaitForWorkAsync(without);

        foreach (var (client, jobId, name, code) in new[]
        {
            (app.OtherTenant, id, "documents.jsonl", "job_not_found"), (app.Client, id, "documents.csv", "file_not_found"), (app.Client, without, "documents.jsonl", "file_not_found"),
            (app.Client, id, "..%2Fdocuments.jsonl", "file_not_found"), (app.Client, "job_1_000000000000", "documents.jsonl", "job_not_found"),
        })
        {
            using var response = await client.GetAsync($"v1/api/jobs/{jobId}/files/{name}");
            Assert.Equal((404, code), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()));
        }
    }

    [Fact]
    public async Task Document_that_is_changed_after_the_plan_is_exported_as_it_was_listed_and_one_that_is_removed_is_not()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee));
        var (handler, work) = await StartExportAsync(app);
        var batch = Assert.Single(await handler.PlanAsync(work, CancellationToken.None));

        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea.Replace("drink", "plant", StringComparison.Ordinal)));
        var coffee = (await app.Client.ReadAllAsync("v1/api/documents")).Single(document => document.GetProperty("title").GetString()!.Contains("Coffee", StringComparison.Ordinal)).GetProperty("id").GetString();
        using var deleted = await app.Client.DeleteAsync($"v1/api/documents/{coffee}");
        Assert.Equal(200, (int)deleted.StatusCode);

        var outcome = await handler.RunAsync(work, batch, CancellationToken.None);

        var part = Assert.IsType<ExportPart>(Assert.Single(outcome.Results));
        var rows = (await work.ReadBytesAsync(part.Sha256, CancellationToken.None)).ToString();
        Assert.Contains("<drink>", rows);
        Assert.DoesNotContain("Coffee", rows);
        Assert.DoesNotContain("plant", rows);
        var error = Assert.IsType<ExportError>(Assert.Single(outcome.Errors));
        Assert.Equal((coffee, ExportError.ContentMissing), (error.Id, error.Code));
    }

    [Fact]
    public async Task Document_whose_content_is_gone_is_an_error_and_is_tried_again_alone()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Coffee));
        var lost = new StoredDocument(new string('a', 32), "Lost", null, new string('b', 64), "job_1700000000000_0123456789ab", new string('c', 64), 0);
        await app.Services.GetRequiredService<DocumentStore>().PutAsync("acme", [lost], CancellationToken.None);

        var id = await app.Client.CreateJobAsync("export", new { what = "documents", format = "jsonl" });
        var job = await app.Client.WaitForWorkAsync(id);

        Assert.Equal((1, 1), (job.GetProperty("result").GetProperty("rows").GetInt32(), job.GetProperty("result").GetProperty("errors").GetInt32()));
        var error = Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors"));
        Assert.Equal((lost.Id, ExportError.ContentMissing), (error.GetProperty("id").GetString(), error.GetProperty("code").GetString()));
        using var response = await app.Client.PostAsJsonAsync($"v1/api/jobs/{id}/rerun", new { only = "failed" });
        var again = await app.Client.WaitForWorkAsync((await response.ReadJsonAsync()).GetProperty("data").GetProperty("id").GetString()!);
        Assert.Equal(("failed", "Nothing could be exported, of 1."), (again.Status(), again.GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "The rows have more than 1,024 MiB together; an export has at most so many.")]
    public async Task Rows_may_have_so_many_bytes_together(int more, string? error)
    {
        await using var app = await WorkApp.StartAsync();
        var (handler, work) = await StartExportAsync(app);
        var row = await work.WriteBytesAsync("{}\n"u8.ToArray(), CancellationToken.None);
        // What a part says of its size is what counts.
        var parts = await work.WriteAsync<ExportPart>([new(1, ExportHandler.MaxBytes - 3 + more, row), new(1, 3, row)], CancellationToken.None);

        var end = await handler.FinishAsync(work, [new DoneBatch(0, 2, new Dictionary<string, int>(), 2, parts, 0, null)], CancellationToken.None);

        Assert.Equal((error, error is null), (end.Error, end.Result is ExportResult { Rows: 2 }));
    }

    [Fact]
    public async Task Part_ends_with_the_row_that_fills_it()
    {
        await using var app = await WorkApp.StartAsync();
        await app.LayDocumentsAsync(4, ExportHandler.PartBytes / 2);

        var id = await ExportAsync(app.Client, "documents", "jsonl");

        Assert.Equal([2, 2], (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results")).Select(part => part.GetProperty("rows").GetInt32()));
    }

    [Theory]
    [InlineData(ExportHandler.MaxBatchRows, 1)]
    [InlineData(ExportHandler.MaxBatchRows + 1, 2)]
    public async Task Batch_has_so_many_rows(int rows, int batches)
    {
        await using var app = await WorkApp.StartAsync();
        await app.LayDocumentsAsync(rows, 1);

        var id = await ExportAsync(app.Client, "documents", "jsonl");

        Assert.Equal(batches, await app.Services.GetRequiredService<WorkBatchStore>().ListAsync(id, from: 0, CancellationToken.None).CountAsync());
        Assert.Equal(rows, (await DownloadAsync(app.Client, id, "documents.jsonl")).Count(letter => letter == '\n'));
    }

    [Theory]
    [InlineData("""{"what":"users","format":"csv"}""", "'input.what' must be one of: documents, embeddings, jobs.")]
    [InlineData("""{"what":"jobs","format":"xml"}""", "'input.format' must be one of: jsonl, csv, zip.")]
    [InlineData("{}", "'input.what' must be one of: documents, embeddings, jobs. 'input.format' must be one of: jsonl, csv, zip.")]
    public async Task Input_that_breaks_a_rule_is_400(string input, string message)
    {
        await using var app = await WorkApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/api/jobs", new StringContent($$"""{"type":"export","input":{{input}}}""", Encoding.UTF8, "application/json"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(message, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Export_goes_on_in_the_next_process_and_no_row_is_lost_or_doubled()
    {
        const int Rows = 12_000;
        var data = Path.Combine(Path.GetTempPath(), $"jobs-test-{Guid.NewGuid():N}");
        try
        {
            string id;
            await using (var app = await TestApp.StartAsync(data: data))
            {
                await app.LayDocumentsAsync(Rows, 200);
                id = await app.Client.CreateJobAsync("export", new { what = "documents", format = "jsonl" });
                await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);
            }

            await using var next = await TestApp.StartAsync(data: data);
            Assert.Equal("completed", (await next.Client.WaitForWorkAsync(id)).Status());
            var ids = Encoding.UTF8.GetString(await DownloadAsync(next.Client, id, "documents.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => int.Parse(JsonElement.Parse(line).GetProperty("id").GetString()!, null));
            Assert.Equal(Enumerable.Range(0, Rows), ids.Order());
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Exports, and gives the id of the job, which has completed.</summary>
    internal static async Task<string> ExportAsync(HttpClient client, string what, string format)
    {
        var id = await client.CreateJobAsync("export", new { what, format });
        var job = await client.WaitForWorkAsync(id);
        Assert.True(job.Status() == "completed", job.ToString());
        return id;
    }

    private static async Task<byte[]> DownloadAsync(HttpClient client, string jobId, string name)
    {
        using var response = await client.GetAsync($"v1/api/jobs/{jobId}/files/{name}");
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>The handler, and a job of its type that nobody else works at.</summary>
    private static async Task<(IJobHandler Handler, WorkContext Work)> StartExportAsync(TestApp app)
    {
        var services = app.Services;
        var now = DateTimeOffset.UtcNow;
        var job = new Job
        {
            Id = Ids.NewJobId(now),
            Tenant = "acme",
            Owner = "ann",
            Kind = JobKind.Work,
            ResourceId = "laid",
            InputRef = "none",
            Work = new WorkState("export"),
            Message = "Working",
            CreatedAt = now,
            UpdatedAt = now,
        };
        await services.GetRequiredService<JobStore>().CreateAsync(job, CancellationToken.None);
        var input = new StoredInput(JsonSerializer.SerializeToElement(new { what = "documents", format = "jsonl" }), OnlyFailed: false);
        var work = new WorkContext(job, input, services.GetRequiredService<ArtifactStore>(), services.GetRequiredService<WorkResults>(), services.GetRequiredService<JobStore>());
        return (services.GetRequiredService<JobHandlers>().Of("export"), work);
    }
}
