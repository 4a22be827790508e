using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Tests.Identity;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Tests.Work.Analysis;
using Jobs.Functions.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>The page of a user's jobs, used by a person.</summary>
public sealed class UserJobsWorkspaceTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Page = "app/jobs";

    /// <summary>A document that acts wherever it is taken for markup.</summary>
    private const string Hostile =
        "The delivery may be delayed by <img src=x onerror=\"parent.document.title='pwned'\"> <script>document.title='pwned'</script> and [weeks](javascript:alert(1)) onload=y.";

    [Fact]
    public async Task Development_user_sends_a_file_and_reads_what_it_says()
    {
        await using var app = await AnalysisJobs.StartAsync();
        await using var browser = await WorkspaceBrowser.OpenAsync(chromium, app, "app/acme/jobs");
        var page = browser.Page;

        await page.GetByLabel("User", new() { Exact = true }).FillAsync("ann");
        await browser.Button("Sign in as a development user").ClickAsync();
        await Assertions.Expect(page.GetByText("Signed in as ann")).ToBeVisibleAsync();
        Assert.Equal("/app/jobs", new Uri(page.Url).AbsolutePath);
        await Assertions.Expect(page.GetByText("No job yet.")).ToBeVisibleAsync();
        await page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "agreement.docx", MimeType = "application/octet-stream", Buffer = DocumentFixture.Read("agreement.docx") });
        await browser.Button("Begin").ClickAsync();

        var job = page.Locator(".runs > li");
        await Assertions.Expect(job.Locator("summary")).ToContainTextAsync(new Regex("completed.*Read a document"));
        await Assertions.Expect(job.Locator(".result")).ToContainTextAsync("Formatdocx");
        await Assertions.Expect(job.GetByRole(AriaRole.Region, new() { NameRegex = new Regex("^Sections: ") })).ToContainTextAsync("Backups are made every night");
        await Assertions.Expect(job.GetByRole(AriaRole.Region, new() { NameRegex = new Regex("^Table 1") })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Read a document: completed." })).ToBeVisibleAsync();
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Findings_are_tables_and_a_report_of_them_is_a_page_in_which_a_hostile_document_has_no_effect()
    {
        await using var app = await AnalysisJobs.StartAsync();
        await using var browser = await OpenAsync(app);
        var page = browser.Page;
        var jobs = page.Locator(".runs > li");
        var file = new FilePayload { Name = "<img src=x onerror=alert(1)>.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(Hostile) };

        await page.GetByLabel("Type of job").SelectOptionAsync("GAP_DETECTION");
        await page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(file);
        await page.GetByLabel("Requirements").FillAsync($"The delivery may be delayed\n{Hostile}\n");
        await browser.Button("Begin").ClickAsync();
        var requirements = jobs.First.GetByRole(AriaRole.Region, new() { Name = "Requirements: 2" });
        await Assertions.Expect(requirements.Locator("tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(requirements.Locator("blockquote").First).ToContainTextAsync("<script>document.title='pwned'</script>");

        await page.GetByLabel("Type of job").SelectOptionAsync("RISK_ANALYSIS");
        await page.GetByLabel("Or a text").FillAsync(Hostile);
        await browser.Button("Begin").ClickAsync();
        await Assertions.Expect(jobs.First.GetByRole(AriaRole.Region, new() { Name = "Risks: 1" }).Locator("tbody tr")).ToContainTextAsync("[weeks](javascript:alert(1))");

        await page.GetByLabel("Type of job").SelectOptionAsync("REPORT_GENERATION");
        await page.GetByLabel("Title").FillAsync(Hostile);
        await page.GetByLabel("Compare with requirements").CheckAsync();
        await page.GetByLabel("Look for risks").CheckAsync();
        await browser.Button("Begin").ClickAsync();
        var report = jobs.First.FrameLocator("iframe");
        await Assertions.Expect(report.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Hostile);
        await Assertions.Expect(report.Locator("svg")).ToHaveCountAsync(3);
        await Assertions.Expect(report.GetByText("[weeks](javascript:alert(1))").Last).ToBeVisibleAsync();
        // Without scripts a frame never tells that it has been painted, which a click would wait for.
        await report.GetByRole(AriaRole.Link, new() { Name = "Risks" }).ClickAsync(new() { Force = true });
        var effects = await report.Locator("html").EvaluateAsync<int>(
            "root => root.querySelectorAll('script, img, iframe, object, [onload], [onerror], a:not([href^=\"#\"])').length");
        Assert.Equal(0, effects);

        await Assertions.Expect(jobs.First.GetByRole(AriaRole.Link, new() { Name = "Download risks.svg" })).ToBeVisibleAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => jobs.First.GetByRole(AriaRole.Link, new() { Name = "Download report.md" }).ClickAsync());
        Assert.Equal("report.md", download.SuggestedFilename);
        Assert.DoesNotContain("<script", await File.ReadAllTextAsync((await download.PathAsync())!), StringComparison.Ordinal);
        var alone = await page.RunAndWaitForPopupAsync(() => jobs.First.GetByRole(AriaRole.Link, new() { Name = "Open the report by itself" }).ClickAsync());
        await Assertions.Expect(alone.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Hostile);
        Assert.Equal("Your jobs · Workspace", await page.TitleAsync());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Page_that_came_of_a_job_can_do_nothing_even_where_it_is_all_script()
    {
        const string Attack = """
            <!doctype html><title>Quiet</title><meta http-equiv="refresh" content="0;url=/app/jobs"><p id="told">Nothing</p>
            <img src="/app/assets/x/y.svg" onerror="document.getElementById('told').textContent = 'image'">
            <script>document.getElementById("told").textContent = `script ${document.cookie}`; parent.document.title = "pwned"; top.location = "/app/acme/jobs";</script>
            <form id="form" method="post" action="/app/session" target="_top"><input name="x"><button>Go</button></form>
            <a id="link" href="javascript:document.getElementById('told').textContent = 'link'">Link</a><a id="away" href="/app/acme/jobs" target="_top">Away</a>
            """;
        await using var app = await AnalysisApp.StartAsync(new FakeJobHandler
        {
            Type = AnalysisApp.TestType,
            Contract = JobContract.Analysis,
            Finish = async work => new { files = new[] { await work.WriteFileAsync("report.html", Encoding.UTF8.GetBytes(Attack), CancellationToken.None) } },
        });
        using var ann = await app.NewUserAsync("ann");
        var id = await ann.CreateAnalysisJobAsync();
        await ann.WaitForAnalysisAsync(id);
        await using var browser = await OpenAsync(app);
        var page = browser.Page;

        // Framed without the frame's own sandbox, so that the page's policy alone stands in the way.
        await page.EvaluateAsync(
            "address => { const frame = document.createElement('iframe'); frame.src = address; frame.name = 'attack'; frame.style.height = '20rem'; document.querySelector('main').prepend(frame); }",
            $"/app/jobs/{id}/files/report.html");
        var attack = page.FrameLocator("iframe[name=attack]");
        foreach (var target in new[] { "#form button", "#link", "#away" })
        {
            await attack.Locator(target).ClickAsync(new() { Force = true });
        }

        await Assertions.Expect(attack.Locator("#told")).ToHaveTextAsync("Nothing");
        Assert.Equal("Your jobs · Workspace", await page.TitleAsync());
        Assert.Equal("/app/jobs", new Uri(page.Url).AbsolutePath);
        await page.GotoAsync($"app/jobs/{id}/files/report.html");
        await Assertions.Expect(page.Locator("#told")).ToHaveTextAsync("Nothing");
    }

    [Fact]
    public async Task Prompt_is_for_admins_and_the_form_says_so_to_others()
    {
        await using var app = await TestApp.StartAsync();
        await using var browser = await OpenAsync(app);
        await using var admin = await OpenAsync(app, roles: "admin");

        foreach (var person in new[] { browser, admin })
        {
            await person.Page.GetByLabel("Type of job").SelectOptionAsync("AI_PREVIEW");
            await person.Page.GetByLabel("Prompt").FillAsync("Name {{n}} risks of {{what}}.");
            await person.Page.GetByLabel("Variables").FillAsync("n=3\nwhat=farming = <b>hard</b>");
            await person.Button("Begin").ClickAsync();
        }

        await Assertions.Expect(browser.Page.GetByText("Only a user with the role of admins may do this.")).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.GetByText("No job yet.")).ToBeVisibleAsync();
        await Assertions.Expect(admin.Page.Locator(".output")).ToHaveTextAsync("Name 3 risks of farming = <b>hard</b>.");
        await admin.Page.GetByLabel("Variables").FillAsync("nothing");
        await admin.Button("Begin").ClickAsync();
        await Assertions.Expect(admin.Alert.Filter(new() { HasText = "'nothing' is no variable: write name=value." })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Session_that_ends_asks_to_sign_in_again_and_keeps_what_was_typed()
    {
        await using var app = await AnalysisJobs.StartAsync();
        await using var browser = await OpenAsync(app);
        var page = browser.Page;
        await page.GetByLabel("Or a text").FillAsync("Tea is a drink.");

        await page.Context.ClearCookiesAsync();
        await browser.Button("Begin").ClickAsync();
        await Assertions.Expect(browser.Alert.Filter(new() { HasText = "Your session has ended." })).ToBeVisibleAsync();
        await page.GetByLabel("API key").FillAsync("a.b.c");
        await browser.Button("Sign in").ClickAsync();
        await Assertions.Expect(browser.Alert.Filter(new() { HasText = "This access token is not valid" })).ToBeVisibleAsync();
        await page.GetByLabel("API key").FillAsync(await app.TokenAsync("ann"));
        await browser.Button("Sign in").ClickAsync();

        await Assertions.Expect(page.GetByText("Your session has ended.")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByLabel("Or a text")).ToHaveValueAsync("Tea is a drink.");
        await browser.Button("Begin").ClickAsync();
        await Assertions.Expect(page.Locator(".runs summary")).ToContainTextAsync("completed");
    }

    [Fact]
    public async Task Session_that_another_user_begins_in_the_place_of_one_that_ended_shows_their_own_jobs()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var ann = await app.NewUserAsync("ann");
        await ann.CreateAnalysisJobAsync();
        await using var browser = await OpenAsync(app);
        var page = browser.Page;
        await Assertions.Expect(page.Locator(".runs > li")).ToHaveCountAsync(1);

        await page.Context.ClearCookiesAsync();
        await browser.Button("Begin").ClickAsync();
        await page.GetByLabel("User", new() { Exact = true }).FillAsync("bob");
        await browser.Button("Sign in as a development user").ClickAsync();

        await Assertions.Expect(page.GetByText("Signed in as bob")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("No job yet.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Browser_keeps_the_longest_token_and_no_script_reads_it()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var app = await TestApp.StartAsync(arguments: issuer.Settings);
        await using var browser = await WorkspaceBrowser.SignInAsync(
            chromium, app, Page, credential: TokenTests.Sized(issuer, BrowserSession.MaxTokenLength), heading: "New job");

        Assert.Equal("", await browser.Page.EvaluateAsync<string>("() => document.cookie"));
        await Assertions.Expect(browser.Page.GetByText("Signed in as ann")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Job_that_works_and_fails_says_so_and_is_reached_by_keyboard_alone()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await AnalysisApp.StartAsync(AnalysisApp.Handler(async (_, stop) =>
        {
            await gate.Task.WaitAsync(stop);
            throw new WorkException("It is <b>raining</b>.", isTransient: false);
        }));
        using var ann = await app.NewUserAsync("ann");
        await ann.CreateAnalysisJobAsync();
        await using var browser = await OpenAsync(app);
        var job = browser.Page.Locator(".runs > li");

        await browser.TabToAsync(".runs summary");
        await browser.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(job.Locator("summary")).ToContainTextAsync("processing");
        await Assertions.Expect(job.GetByText("It has not ended yet.")).ToBeVisibleAsync();
        gate.SetResult();
        await Assertions.Expect(job.GetByText("It is <b>raining</b>.")).ToBeVisibleAsync();
        await Assertions.Expect(job.Locator("summary")).ToContainTextAsync("failed");
        await Assertions.Expect(job.Locator("summary")).ToBeFocusedAsync();
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Table_of_many_rows_shows_more_when_they_are_asked_for()
    {
        await using var app = await AnalysisJobs.StartAsync();
        await app.DoJobAsync("PARSE_DOCUMENT", new { text = string.Join("\n\n", Enumerable.Range(1, 150).Select(number => $"# Heading {number}\n\nText {number}.")), format = "md" });
        await using var browser = await OpenAsync(app);
        var rows = browser.Page.GetByRole(AriaRole.Region, new() { Name = "Sections: 150" }).Locator("tbody tr");

        await browser.Page.Locator(".runs summary").ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(100);
        await browser.Button("Show more rows").ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(150);
        await Assertions.Expect(browser.Button("Show more rows")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("PARSE_DOCUMENT", """{"text":"Tea.","format":"md"}""")]
    [InlineData("GAP_DETECTION", """{"document":{"text":"Tea."},"requirements":["It is hot.","It is good."]}""")]
    [InlineData("RISK_ANALYSIS", """{"documents":[{"documentId":"SENT","name":"tea.txt"},{"text":"Tea."}]}""")]
    [InlineData("REPORT_GENERATION", """{"title":"Tea","documents":[{"documentId":"SENT","format":"md","name":"tea.md"},{"text":"Tea."}],"jobs":[]}""")]
    public async Task Form_of_a_type_makes_its_input_and_shows_what_is_wrong_with_it(string type, string input)
    {
        await using var app = await TestApp.StartAsync();
        await using var browser = await OpenAsync(app);
        var page = browser.Page;
        await page.RouteAsync("**/api/documents", route => route.FulfillAsync(new() { Status = 201, ContentType = "application/json", Body = """{"documentId":"SENT","bytes":4}""" }));
        await page.RouteAsync("**/api/jobs", route => route.Request.Method == "POST"
            ? route.FulfillAsync(new() { Status = 400, ContentType = "application/problem+json", Body = """{"code":"invalid_request","detail":"'input' does not please."}""" })
            : route.ContinueAsync());
        await page.GetByLabel("Type of job").SelectOptionAsync(type);
        await page.GetByLabel("Or a text").FillAsync("Tea.");
        switch (type)
        {
            case "PARSE_DOCUMENT":
                await page.GetByLabel("Format").SelectOptionAsync("md");
                break;
            case "GAP_DETECTION":
                await page.GetByLabel("Requirements").FillAsync("It is hot.\n\n It is good. ");
                break;
            case "REPORT_GENERATION":
                await page.GetByLabel("Title").FillAsync("Tea");
                break;
        }

        if (input.Contains("SENT", StringComparison.Ordinal))
        {
            var name = input.Contains("tea.md", StringComparison.Ordinal) ? "tea.md" : "tea.txt";
            await page.GetByLabel("Files", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/plain", Buffer = "Tea!"u8.ToArray() });
        }

        var request = await page.RunAndWaitForRequestAsync(
            () => browser.Button("Begin").ClickAsync(), sent => sent.Method == "POST" && sent.Url.EndsWith("/api/jobs", StringComparison.Ordinal));

        var body = JsonNode.Parse(request.PostData!)!;
        Assert.Equal(type, (string?)body["type"]);
        Assert.Equal(input, body["input"]!.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        await Assertions.Expect(browser.Alert.Filter(new() { HasText = "'input' does not please." })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Every_type_of_the_contract_has_a_form()
    {
        await using var app = await TestApp.StartAsync();
        await using var browser = await OpenAsync(app);

        var offered = await browser.Page.GetByLabel("Type of job").Locator("option").EvaluateAllAsync<string[]>("options => options.map(option => option.value)");

        Assert.Equal(app.Services.GetRequiredService<JobHandlers>().NamesOf(JobContract.Analysis).Order(), offered.Order());
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    public async Task Page_fits_its_window_and_can_be_read(int width, ColorScheme scheme)
    {
        var word = new string('x', 300);
        var document = new { text = $"The delivery will probably be delayed by three weeks.\n\n{word}", name = "Status" };
        await using var app = await AnalysisJobs.StartAsync();
        var gaps = (await app.DoJobAsync("GAP_DETECTION", new { document, requirements = new[] { "The delivery is on time.", word } })).GetProperty("id").GetString();
        var risks = (await app.DoJobAsync("RISK_ANALYSIS", new { documents = new[] { document } })).GetProperty("id").GetString();
        await app.DoJobAsync("PARSE_DOCUMENT", new { text = $"{word},B\n1,2,3\n", format = "csv" });
        await app.DoJobAsync("AI_PREVIEW", new { prompt = word });
        await app.DoJobAsync("PARSE_DOCUMENT", new { text = "{", format = "json" });
        await app.DoJobAsync("REPORT_GENERATION", new { jobs = new[] { gaps, risks } });
        await using var browser = await OpenAsync(app, width, scheme);
        var page = browser.Page;

        await Assertions.Expect(page.Locator(".runs > li")).ToHaveCountAsync(6);
        foreach (var summary in await page.Locator(".runs summary").AllAsync())
        {
            await summary.ClickAsync();
        }

        await Assertions.Expect(page.FrameLocator("iframe").Locator("svg")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator(".output")).ToBeVisibleAsync();
        foreach (var type in await page.GetByLabel("Type of job").Locator("option").EvaluateAllAsync<string[]>("options => options.map(option => option.value)"))
        {
            await page.GetByLabel("Type of job").SelectOptionAsync(type);
            await browser.AssertNothingOverflowsAsync($"The page of jobs with the form of {type}");
            Assert.Empty(await browser.FindPoorContrastAsync());
        }

        await page.Context.ClearCookiesAsync();
        await browser.Button("Begin").ClickAsync();
        await Assertions.Expect(page.GetByText("Your session has ended.")).ToBeVisibleAsync();
        await browser.AssertNothingOverflowsAsync("The page of jobs after its session");
        Assert.Empty(await browser.FindPoorContrastAsync());
    }

    private async Task<WorkspaceBrowser> OpenAsync(TestApp app, int width = 1280, ColorScheme scheme = ColorScheme.Light, string? roles = null) =>
        await WorkspaceBrowser.SignInAsync(chromium, app, Page, width, scheme, await app.TokenAsync("ann", roles), heading: "New job");
}
