using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>The page of an organisation's jobs, used by a person.</summary>
public sealed class JobsWorkspaceTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Hostile = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>";

    [Fact]
    public async Task File_is_sent_imported_and_shown_row_by_row_as_text()
    {
        await using var app = await WorkApp.StartAsync();
        await using var browser = await OpenAsync(app);
        var page = browser.Page;
        await Assertions.Expect(page.GetByText("No job yet.")).ToBeVisibleAsync();

        await page.GetByLabel("Type of job").SelectOptionAsync("import");
        await page.GetByLabel("Format").SelectOptionAsync("csv");
        var csv = $"title,text\n\"{Hostile.Replace("\"", "\"\"", StringComparison.Ordinal)}\",A\nTea,B\nNothing,\n";
        await page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "tea.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(csv) });
        await browser.Button("Begin").ClickAsync();

        var job = page.Locator(".runs > li");
        await Assertions.Expect(job.Locator("summary")).ToContainTextAsync(new Regex("completed.*Import documents.*100 %"));
        await Assertions.Expect(job.Locator(".result")).ToContainTextAsync("documentsCreated2");
        var results = job.GetByRole(AriaRole.Region, new() { Name = "Results: 2" });
        await Assertions.Expect(results.Locator("tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(results.GetByText(Hostile)).ToBeVisibleAsync();
        await Assertions.Expect(job.GetByRole(AriaRole.Region, new() { Name = "Errors: 1" })).ToContainTextAsync("missing_value");
        Assert.Equal("Jobs · Workspace", await page.TitleAsync());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Job_that_works_shows_its_progress_and_grows_and_is_cancelled_and_repeated_by_keyboard_alone()
    {
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource() };
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(async (number, stop) =>
        {
            await gates[number].Task.WaitAsync(stop);
            return FakeJobHandler.OneResult;
        })
        { Batches = gates.Length });
        await app.Client.CreateJobAsync("test_work", new { });
        await using var browser = await OpenAsync(app);
        var job = browser.Page.Locator(".runs > li");
        var rows = job.Locator("tbody tr");

        await browser.TabToAsync(".runs summary");
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(job.Locator("summary")).ToContainTextAsync(new Regex("running.*0 %"));
        gates[0].SetResult();
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(job.Locator("summary")).ToContainTextAsync("33 %");
        await Assertions.Expect(job.GetByLabel("Progress")).ToHaveJSPropertyAsync("value", 33);
        gates[1].SetResult();
        await Assertions.Expect(rows).ToHaveCountAsync(2);

        await browser.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(browser.Button("Cancel")).ToBeFocusedAsync();
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(job.Locator("summary")).ToContainTextAsync("cancelled");
        await Assertions.Expect(job.Locator("summary")).ToBeFocusedAsync();
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "test_work: cancelled." })).ToBeVisibleAsync();

        gates[2].SetResult();
        await browser.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(browser.Button("Run again")).ToBeFocusedAsync();
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(job).ToHaveCountAsync(2);
        await Assertions.Expect(job.First.Locator("summary")).ToContainTextAsync("completed");
        await Assertions.Expect(job.First.Locator("tbody tr")).ToHaveCountAsync(3);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Export_is_begun_and_its_file_downloaded()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync("""{"id":"tea","title":"Tea","text":"Tea is a drink."}"""));
        await using var browser = await OpenAsync(app);
        var page = browser.Page;

        await page.GetByLabel("Type of job").SelectOptionAsync("export");
        await page.GetByLabel("Format").SelectOptionAsync("jsonl");
        await browser.Button("Begin").ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download documents.jsonl" }).ClickAsync());

        Assert.Equal("documents.jsonl", download.SuggestedFilename);
        Assert.Equal("""{"id":"tea","title":"Tea","text":"Tea is a drink."}""" + "\n", await File.ReadAllTextAsync((await download.PathAsync())!));
    }

    [Fact]
    public async Task Results_come_page_by_page_and_many_only_when_they_are_asked_for()
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync([.. Enumerable.Range(1, 601).Select(number => $$"""{"title":"Row {{number}}","text":"x"}""")]));
        await using var browser = await OpenAsync(app);
        var job = browser.Page.Locator(".runs > li");

        await job.Locator("summary").ClickAsync();
        await Assertions.Expect(job.Locator("tbody tr")).ToHaveCountAsync(500);
        await browser.Button("Show more results").ClickAsync();
        await Assertions.Expect(job.Locator("tbody tr")).ToHaveCountAsync(600);
        await browser.Button("Show more results").ClickAsync();
        await Assertions.Expect(job.Locator("tbody tr")).ToHaveCountAsync(601);
        await Assertions.Expect(browser.Button("Show more results")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Earlier_jobs_are_shown_when_they_are_asked_for()
    {
        await using var app = await WorkApp.StartAsync();
        for (var jobs = 0; jobs < 22; jobs++)
        {
            await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("test_work", new { }));
        }

        await using var browser = await OpenAsync(app);
        await Assertions.Expect(browser.Page.Locator(".runs > li")).ToHaveCountAsync(20);
        await browser.Button("Show earlier jobs").ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".runs > li")).ToHaveCountAsync(22);
        await Assertions.Expect(browser.Button("Show earlier jobs")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("web_crawling", """{"startUrls":["https://example.com/","https://example.org/"],"maxDepth":3,"maxPages":7,"maxSeconds":600,"sameSite":true}""")]
    [InlineData("document_processing", """{"documents":[{"title":"Tea","text":"A drink."}]}""")]
    [InlineData("batch_embedding", """{}""")]
    [InlineData("import", """{"format":"jsonl","content":"{}"}""")]
    [InlineData("export", """{"what":"jobs","format":"zip"}""")]
    public async Task Form_of_a_type_makes_its_input_and_shows_what_is_wrong_with_it(string type, string input)
    {
        await using var app = await WorkApp.StartAsync();
        await using var browser = await OpenAsync(app);
        var page = browser.Page;
        await page.RouteAsync("**/v1/api/jobs", route => route.Request.Method == "POST"
            ? route.FulfillAsync(new() { Status = 400, ContentType = "application/json", Body = """{"data":null,"error":{"code":"invalid_request","message":"'input' does not please."}}""" })
            : route.ContinueAsync());
        await page.GetByLabel("Type of job").SelectOptionAsync(type);
        switch (type)
        {
            case "web_crawling":
                await page.GetByLabel("Start addresses").FillAsync("https://example.com/\n\n https://example.org/ ");
                await page.GetByLabel("Pages at most").FillAsync("7");
                break;
            case "document_processing":
                await page.GetByLabel("Or a title").FillAsync("Tea");
                await page.GetByLabel("and its text").FillAsync("A drink.");
                break;
            case "import":
                await page.GetByLabel("Or rows").FillAsync("{}");
                break;
            case "export":
                await page.GetByLabel("What").SelectOptionAsync("jobs");
                await page.GetByLabel("Format").SelectOptionAsync("zip");
                break;
        }

        var request = await page.RunAndWaitForRequestAsync(() => browser.Button("Begin").ClickAsync(), sent => sent.Method == "POST");

        var body = JsonNode.Parse(request.PostData!)!;
        Assert.Equal(type, (string?)body["type"]);
        Assert.Equal(input, body["input"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "'input' does not please." })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Every_type_of_the_contract_has_a_form()
    {
        await using var app = await TestApp.StartAsync();
        await using var browser = await OpenAsync(app);

        var offered = await browser.Page.GetByLabel("Type of job").Locator("option").EvaluateAllAsync<string[]>("options => options.map(option => option.value)");

        Assert.Subset(offered.ToHashSet(), app.Services.GetRequiredService<JobHandlers>().NamesOf(JobContract.Platform).ToHashSet());
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    public async Task Page_fits_its_window_and_can_be_read(int width, ColorScheme scheme)
    {
        await using var app = await WorkApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync($$"""{"title":"{{new string('x', 300)}}","text":"x"}""", "{}"));
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync("{}"));
        await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("export", new { what = "documents", format = "csv" }));
        await using var browser = await OpenAsync(app, width, scheme);

        await Assertions.Expect(browser.Page.Locator(".runs > li")).ToHaveCountAsync(3);
        foreach (var summary in await browser.Page.Locator(".runs summary").AllAsync())
        {
            await summary.ClickAsync();
        }

        await Assertions.Expect(browser.Page.Locator("tbody tr")).ToHaveCountAsync(4);
        await browser.AssertNothingOverflowsAsync("The page of jobs");
        Assert.Empty(await browser.FindPoorContrastAsync());
    }

    [Fact]
    public async Task Pages_of_agents_and_widgets_and_this_one_lead_to_each_other()
    {
        await using var app = await WorkApp.StartAsync();
        await app.CreateWidgetAsync(name: Hostile);
        var (agentId, _) = await app.CreateAgentAsync();
        await using var browser = await OpenAsync(app);
        var page = browser.Page;

        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = Hostile })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Greeter" }).ClickAsync();
        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync("Greeter");
        Assert.EndsWith($"/app/acme/agents/{agentId}", new Uri(page.Url).AbsolutePath);
        await page.GetByRole(AriaRole.Link, new() { Name = "Jobs" }).ClickAsync();
        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync("Jobs");
    }

    [Fact]
    public async Task Session_that_ends_says_so()
    {
        await using var app = await WorkApp.StartAsync();
        await using var browser = await OpenAsync(app);

        await browser.Page.Context.ClearCookiesAsync();
        await browser.Button("Begin").ClickAsync();

        await Assertions.Expect(browser.Page.GetByText("Your session has ended.")).ToBeVisibleAsync();
    }

    private Task<WorkspaceBrowser> OpenAsync(TestApp app, int width = 1280, ColorScheme scheme = ColorScheme.Light) =>
        WorkspaceBrowser.SignInAsync(chromium, app, "app/acme/jobs", width, scheme, heading: "New job");
}
