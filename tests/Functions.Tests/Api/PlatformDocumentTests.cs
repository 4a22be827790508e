using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Functions.Api.Platform;
using Jobs.Functions.Tests.Work;

namespace Jobs.Functions.Tests.Api;

/// <summary>Contract 004: the documents of an organisation.</summary>
public sealed class PlatformDocumentTests
{
    private const string Tea = """{"id":"tea","title":"Tea","text":"Tea is a drink.","url":"https://example.com/tea","origin":"China"}""";
    private const string Coffee = """{"title":"Coffee","text":"Coffee is another."}""";

    [Fact]
    public async Task Documents_are_listed_page_by_page_and_read_as_documented()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee));

        var first = await app.Client.GetFromJsonAsync<JsonElement>("v1/api/documents?limit=1");
        Payload.AssertMatches("004-document-list.json", first);
        var both = await app.Client.ReadAllAsync("v1/api/documents", limit: 1);
        Assert.Equal(["Coffee", "Tea"], both.Select(document => document.GetProperty("title").GetString()).Order());
        Assert.Equal(both.Select(Id), (await app.Client.ReadAllAsync("v1/api/documents", limit: 2)).Select(Id));

        var tea = both.Single(document => document.GetProperty("title").GetString() == "Tea");
        Payload.AssertMatches("004-document.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/documents/{Id(tea)}"));
    }

    [Fact]
    public async Task Deleted_document_is_gone_and_can_be_imported_anew()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea));
        var id = Id(Assert.Single(await app.Client.ReadAllAsync("v1/api/documents")));

        using (var deleted = await app.Client.DeleteAsync($"v1/api/documents/{id}"))
        {
            Assert.Equal((200, id), ((int)deleted.StatusCode, Id((await deleted.ReadJsonAsync()).GetProperty("data"))));
        }

        Assert.Empty(await app.Client.ReadAllAsync("v1/api/documents"));
        await AssertMissingAsync(app.Client, id);
        var job = await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea));
        Assert.Equal(1, job.GetProperty("result").GetProperty("documentsCreated").GetInt32());
    }

    [Fact]
    public async Task Document_of_another_organisation_and_an_id_that_is_none_are_404()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea));
        var id = Id(Assert.Single(await app.Client.ReadAllAsync("v1/api/documents")));

        Assert.Empty(await app.OtherTenant.ReadAllAsync("v1/api/documents"));
        await AssertMissingAsync(app.OtherTenant, id);
        await AssertMissingAsync(app.Client, new string('0', 32));
        await AssertMissingAsync(app.Client, "x");
        Assert.Single(await app.Client.ReadAllAsync("v1/api/documents"));
    }

    [Theory]
    [InlineData("limit=0", 400)]
    [InlineData("limit=1", 200)]
    [InlineData("limit=1000", 200)]
    [InlineData("limit=1001", 400)]
    [InlineData("cursor=x", 400)]
    [InlineData("cursor=0123456789abcdef0123456789abcdef", 200)]
    public async Task Page_is_within_its_limits(string query, int status)
    {
        await using var app = await WorkApp.StartAsync();

        using var response = await app.Client.GetAsync($"v1/api/documents?{query}");

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Text_of_more_characters_than_are_sent_is_cut(int more, bool isCut)
    {
        await using var app = await WorkApp.StartAsync();
        var id = await app.LayDocumentAsync(new string('x', PlatformDocumentFunctions.MaxTextCharacters + more));

        var document = await app.Client.GetDataAsync($"v1/api/documents/{id}");

        Assert.Equal((PlatformDocumentFunctions.MaxTextCharacters, isCut), (document.GetProperty("text").GetString()!.Length, document.GetProperty("isCut").GetBoolean()));
    }

    private static string Id(JsonElement document) => document.GetProperty("id").GetString()!;

    private static async Task AssertMissingAsync(HttpClient client, string id)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            using var response = await client.SendAsync(new HttpRequestMessage(method, $"v1/api/documents/{id}"));
            Assert.Equal((404, "document_not_found"), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()));
        }
    }
}
