using System.Net.Http.Headers;
using System.Text;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;

namespace Jobs.Functions.Tests.Api;

/// <summary>Files that are sent as the one field of a form, to contract 003 and to contract 004, which do the same.</summary>
public sealed class UploadTests
{
    private const string Boundary = "b";

    public static TheoryData<string> Paths => ["api/documents", "v1/api/uploads"];

    /// <summary>Forms that are no file alone, with the status of their answer.</summary>
    public static TheoryData<string, string, int> Refused => new()
    {
        { "multipart/mixed; boundary=b", Form(Field("file", "a.txt", "Tea")), 415 },
        { "multipart/form-data", Form(Field("file", "a.txt", "Tea")), 415 },
        { "multipart/form-data; boundary=", Form(Field("file", "a.txt", "Tea")), 415 },
        { $"multipart/form-data; boundary={new string('b', UploadRequest.MaxBoundaryLength + 1)}", "", 415 },
        { "multipart/form-data; boundary=b", Form(Field("file", fileName: null, "Tea")), 415 },
        { "multipart/form-data; boundary=b", Form(Field("file", "", "")), 415 },
        { "multipart/form-data; boundary=b", Form(Field("file", "a.txt", "Tea"), Field("file", "b.txt", "Coffee")), 415 },
        { "multipart/form-data; boundary=b", Form(Field("title", fileName: null, "Tea"), Field("file", "a.txt", "Tea")), 415 },
        { "multipart/form-data; boundary=b", Form(), 415 },
        { "multipart/form-data; boundary=b", Form("Content-Type: text/plain\r\n\r\nTea\r\n"), 415 },
        { "multipart/form-data; boundary=b", Form(Field("file", "a.txt", "")), 400 },
        { "multipart/form-data; boundary=b", "", 400 },
        { "multipart/form-data; boundary=b", Form(Field("file", "a.txt", "Tea"))[..^8], 400 },
        { "multipart/form-data; boundary=b", Form("no header\r\n\r\nTea\r\n"), 400 },
        { "multipart/form-data; boundary=b", Form($"X: {new string('x', UploadRequest.MaxFormBytes)}\r\n{Field("file", "a.txt", "Tea")}"), 400 },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task File_in_a_form_is_the_same_upload_as_the_file_itself(string path)
    {
        await using var app = await TestApp.StartAsync();
        using var client = await ClientAsync(app, path);

        var inForm = await client.PostAsync(path, new MultipartFormDataContent { { new ByteArrayContent("Tea"u8.ToArray()), "file", "tea.txt" } });
        var itself = await client.PostAsync(path, new ByteArrayContent("Tea"u8.ToArray()));

        Assert.Equal((201, 201), ((int)inForm.StatusCode, (int)itself.StatusCode));
        Assert.Equal(await itself.Content.ReadAsStringAsync(), await inForm.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Form_that_is_not_one_file_is_refused(string contentType, string form, int status)
    {
        await using var app = await TestApp.StartAsync();
        foreach (var path in Paths)
        {
            using var client = await ClientAsync(app, path);
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(form));
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

            using var response = await client.PostAsync(path, content);

            var text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode == status, $"{path}: {response.StatusCode} {text}");
            if (status == 415)
            {
                Assert.Contains("multipart/form-data", text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(WorkLimits.MaxUploadBytes, 0, 201)]
    [InlineData(WorkLimits.MaxUploadBytes + 1, 0, 413)]
    [InlineData(WorkLimits.MaxUploadBytes, UploadRequest.MaxFormBytes, 413)]
    public async Task File_in_a_form_may_have_as_many_bytes_as_one_by_itself_and_the_form_some_beside_it(int bytes, int beside, int status)
    {
        await using var app = await TestApp.StartAsync();
        using var content = new MultipartFormDataContent(new string('b', UploadRequest.MaxBoundaryLength)) { { new ByteArrayContent(new byte[bytes]), "file", "a.bin" } };
        using var padded = new ByteArrayContent([.. await content.ReadAsByteArrayAsync(), .. new byte[beside]]);
        padded.Headers.ContentType = content.Headers.ContentType;

        using var response = await app.Client.PostAsync("v1/api/uploads", padded);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("notes on tea.txt", "notes on tea.txt")]
    [InlineData("C:\\Users\\ann\\tea.txt", "tea.txt")]
    [InlineData("../../etc/tea.txt", "tea.txt")]
    [InlineData("Grüße.txt", "Grüße.txt")]
    [InlineData(" ", null)]
    public async Task Name_in_a_form_is_the_title_of_a_document_that_has_none(string fileName, string? title)
    {
        await using var app = await TestApp.StartAsync();
        using var user = await app.NewUserAsync("ann");
        var documentId = await SendAsync(user, "api/documents", Field("file", fileName, "tea is a drink"));
        var uploadId = await SendAsync(app.Client, "v1/api/uploads", Field("file", fileName, "tea is a drink"));

        var parsed = await user.WaitForAnalysisAsync(await user.CreateAnalysisJobAsync("PARSE_DOCUMENT", new { documentId }));
        var processed = await app.Client.ProcessAsync(uploadId);

        Assert.Equal(title, parsed.GetProperty("result").GetProperty("title").GetString());
        Assert.Equal(title ?? "tea is a drink", Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{processed}/results")).GetProperty("title").GetString());
    }

    [Theory]
    [InlineData(Uploads.MaxNameLength, true)]
    [InlineData(Uploads.MaxNameLength + 1, false)]
    public async Task Name_of_so_many_characters_is_kept(int length, bool isKept)
    {
        await using var app = await TestApp.StartAsync();
        using var user = await app.NewUserAsync("ann");
        var name = new string('n', length);

        var parsed = await user.WaitForAnalysisAsync(
            await user.CreateAnalysisJobAsync("PARSE_DOCUMENT", new { documentId = await SendAsync(user, "api/documents", Field("file", name, "tea is a drink")) }));

        Assert.Equal(isKept ? name : null, parsed.GetProperty("result").GetProperty("title").GetString());
    }

    [Fact]
    public async Task Name_in_a_form_tells_the_format_that_the_content_does_not_and_no_title_is_taken_from_it_where_there_is_one()
    {
        await using var app = await TestApp.StartAsync();
        using var user = await app.NewUserAsync("ann");

        var documentId = await SendAsync(user, "api/documents", Field("file", "x.md", "# Tea\n\nIt is a drink."));
        var parsed = await user.WaitForAnalysisAsync(await user.CreateAnalysisJobAsync("PARSE_DOCUMENT", new { documentId }));

        var result = parsed.GetProperty("result");
        Assert.Equal(("md", "Tea"), (result.GetProperty("format").GetString(), result.GetProperty("title").GetString()));
    }

    private static async Task<HttpClient> ClientAsync(TestApp app, string path) => path == "api/documents" ? await app.NewUserAsync("ann") : app.NewClient(TestApp.Key);

    private static async Task<string> SendAsync(HttpClient client, string path, string field)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Form(field)));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={Boundary}");
        using var response = await client.PostAsync(path, content);
        var body = await response.ReadJsonAsync();
        Assert.True((int)response.StatusCode == 201, body.ToString());
        return body.TryGetProperty("data", out var data) ? data.GetProperty("uploadId").GetString()! : body.GetProperty("documentId").GetString()!;
    }

    private static string Field(string name, string? fileName, string content) =>
        $"Content-Disposition: form-data; name=\"{name}\"{(fileName is null ? "" : $"; filename=\"{fileName}\"")}\r\n\r\n{content}\r\n";

    private static string Form(params string[] fields) => $"{string.Concat(fields.Select(field => $"--{Boundary}\r\n{field}"))}--{Boundary}--\r\n";
}
