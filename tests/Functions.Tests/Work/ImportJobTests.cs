using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Functions.JobTypes.Import;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>The job type <c>import</c>, through the API and down to the documents.</summary>
public sealed class ImportJobTests
{
    private const string Tea = """{"id":"tea","title":"Tea","text":"Tea is a drink."}""";
    private const string Coffee = """{"id":"coffee","title":"Coffee","text":"Coffee is another."}""";
    private const string Bad = """{"title":"No text"}""";

    [Fact]
    public async Task Import_takes_good_rows_and_names_the_lines_of_bad_ones()
    {
        await using var app = await WorkApp.StartAsync();

        var id = await app.Client.ImportAsync(Tea, Bad, Coffee);
        var job = await app.Client.WaitForWorkAsync(id);

        Payload.AssertMatches("004-job-completed.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{id}"));
        Assert.Equal("completed", job.Status());
        var results = await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results");
        Assert.Equal([("Tea", 1, "created"), ("Coffee", 3, "created")], results.Select(r => (r.GetProperty("title").GetString(), r.GetProperty("line").GetInt32(), r.GetProperty("change").GetString())));
        var error = Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors"));
        Assert.Equal((2, "missing_value"), (error.GetProperty("line").GetInt32(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Importing_a_file_again_changes_nothing_and_a_changed_row_changes_its_document()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee));
        var before = await DocumentsAsync(app);

        var again = await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee));
        Assert.Equal((0, 0, 2), Counts(again));
        Assert.Equal(before, await DocumentsAsync(app));

        var changed = await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea.Replace("drink", "plant", StringComparison.Ordinal), Coffee));
        Assert.Equal((0, 1, 1), Counts(changed));
        Assert.Equal(2, (await DocumentsAsync(app)).Count);
    }

    [Fact]
    public async Task Row_of_a_document_that_another_row_has_is_an_error()
    {
        await using var app = await WorkApp.StartAsync();

        var id = await app.Client.ImportAsync(Tea, Tea.Replace("drink", "plant", StringComparison.Ordinal));

        Assert.Equal((1, 0, 0), Counts(await app.Client.WaitForWorkAsync(id)));
        var error = Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors"));
        Assert.Equal((2, ImportHandler.DuplicateRow), (error.GetProperty("line").GetInt32(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Import_of_nothing_but_bad_rows_fails_with_the_first_error()
    {
        await using var app = await WorkApp.StartAsync();

        var id = await app.Client.ImportAsync(Bad);
        await app.Client.WaitForWorkAsync(id);

        Payload.AssertMatches("004-job-failed.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{id}"));
        Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors"));
    }

    [Fact]
    public async Task Rerun_of_only_what_failed_reads_those_rows_alone()
    {
        await using var app = await WorkApp.StartAsync();
        var id = await app.Client.ImportAsync(Tea, Bad, Coffee);
        await app.Client.WaitForWorkAsync(id);

        using var response = await app.Client.PostAsJsonAsync($"v1/api/jobs/{id}/rerun", new { only = "failed" });
        var again = (await response.ReadJsonAsync()).GetProperty("data").GetProperty("id").GetString()!;

        // The row is as bad as before.
        Assert.Equal("failed", (await app.Client.WaitForWorkAsync(again)).Status());
        Assert.Empty(await app.Client.ReadAllAsync($"v1/api/jobs/{again}/results"));
        Assert.Equal(2, Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{again}/errors")).GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Csv_of_an_upload_is_imported()
    {
        await using var app = await WorkApp.StartAsync();
        using var upload = await app.Client.PostAsync("v1/api/uploads", new ByteArrayContent("title,text\nTea,\"A drink,\nhot\"\nCoffee,Another\n"u8.ToArray()));
        Assert.Equal(201, (int)upload.StatusCode);
        var uploadId = (await upload.ReadJsonAsync()).GetProperty("data").GetProperty("uploadId").GetString()!;

        Assert.Equal((2, 0, 0), Counts(await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("import", new { format = "csv", uploadId }))));

        // Another organisation's upload is none.
        var foreign = await app.OtherTenant.WaitForWorkAsync(await app.OtherTenant.CreateJobAsync("import", new { format = "csv", uploadId }));
        Assert.Equal(("failed", $"There is no upload {uploadId}."), (foreign.Status(), foreign.GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("""{"format":"xml","content":"x"}""", "'input.format' must be 'jsonl' or 'csv'.")]
    [InlineData("""{"content":"x"}""", "'input.format' must be 'jsonl' or 'csv'.")]
    [InlineData("""{"format":"csv"}""", "'input' must have either 'content' or 'uploadId'.")]
    [InlineData("""{"format":"csv","content":"x","uploadId":"y"}""", "'input' must have either 'content' or 'uploadId'. 'input.uploadId' must be the id of an upload.")]
    [InlineData("""{"format":"csv","uploadId":"../x"}""", "'input.uploadId' must be the id of an upload.")]
    [InlineData("""{"format":7,"content":"x"}""", "'input.format' is not what it must be: look up this type's input in the documentation.")]
    [InlineData("""{"format":"csv","content":"\ud800"}""", "'input.content' is not what it must be: look up this type's input in the documentation.")]
    [InlineData("""{"format":"csv","format":"jsonl","content":"x"}""", "'input.format' is not what it must be: look up this type's input in the documentation.")]
    public async Task Input_that_breaks_a_rule_is_400(string input, string message)
    {
        await using var app = await WorkApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/api/jobs", new StringContent($$"""{"type":"import","input":{{input}}}""", Encoding.UTF8, "application/json"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(message, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Import_goes_on_in_the_next_process_and_nothing_is_lost_or_doubled()
    {
        const int Rows = 6_500;
        var data = Path.Combine(Path.GetTempPath(), $"jobs-test-{Guid.NewGuid():N}");
        try
        {
            string id;
            await using (var app = await TestApp.StartAsync(data: data))
            {
                using var upload = await app.Client.PostAsync(
                    "v1/api/uploads",
                    new ByteArrayContent(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, Rows).Select(n => $$"""{"id":"{{n}}","title":"Row {{n}}","text":"Text {{n}}"}""" + "\n")))));
                var uploadId = (await upload.ReadJsonAsync()).GetProperty("data").GetProperty("uploadId").GetString()!;
                id = await app.Client.CreateJobAsync("import", new { format = "jsonl", uploadId });
                await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);
            }

            await using var next = await TestApp.StartAsync(data: data);
            Assert.Equal((Rows, 0, 0), Counts(await next.Client.WaitForWorkAsync(id)));
            var lines = (await next.Client.ReadAllAsync($"v1/api/jobs/{id}/results")).Select(r => r.GetProperty("line").GetInt32());
            Assert.Equal(Enumerable.Range(1, Rows), lines);
            Assert.Equal(Rows, (await DocumentsAsync(next)).Count);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static (int Created, int Updated, int Unchanged) Counts(JsonElement job)
    {
        Assert.True(job.Status() == "completed", job.ToString());
        var result = job.GetProperty("result");
        return (Count("documentsCreated"), Count("documentsUpdated"), Count("documentsUnchanged"));

        int Count(string name) => result.GetProperty(name).GetInt32();
    }

    private static async Task<List<StoredDocument>> DocumentsAsync(TestApp app) =>
        await app.Services.GetRequiredService<DocumentStore>().ListAsync("acme", after: null, perPage: 1_000, CancellationToken.None).ToListAsync();
}
