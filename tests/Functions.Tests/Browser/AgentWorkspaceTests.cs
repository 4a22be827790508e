using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>The workspace page of an agent, used by a person.</summary>
public sealed class AgentWorkspaceTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Hostile = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>";

    [Fact]
    public async Task Agent_is_built_asks_is_answered_and_runs_by_keyboard_alone()
    {
        await using var app = await TestApp.StartAsync(real: true);
        var (browser, _) = await OpenAsync(app);
        await using var _2 = browser;
        var keyboard = browser.Page.Keyboard;
        var box = browser.Page.Locator(".composer textarea");

        await browser.TabToAsync(".composer textarea");
        await keyboard.TypeAsync("email me a joke every morning");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Progress).ToContainTextAsync("Waiting for your answer");
        var asks = browser.Page.Locator(".composer.asks");
        for (var answers = 1; ; answers++)
        {
            await Assertions.Expect(asks.Or(browser.Page.Locator(".progress[data-state=done]")).First).ToBeVisibleAsync();
            if (!await asks.IsVisibleAsync())
            {
                break;
            }

            await Assertions.Expect(box).ToBeFocusedAsync();
            if (await box.InputValueAsync() == "")
            {
                await keyboard.TypeAsync("ann@example.com");
            }

            await keyboard.PressAsync("Enter");
            await Assertions.Expect(browser.Messages.Locator(".message.answer")).ToHaveCountAsync(answers);
        }

        await Assertions.Expect(browser.Progress).ToHaveAttributeAsync("data-state", "done");
        await browser.TabToAsync(".schema-form input");
        await keyboard.TypeAsync("Ann");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Page.Locator(".run-result")).ToContainTextAsync("Hello Ann");
        await browser.OpenTabAsync("Files");
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Region, new() { Name = "functions/main.ts" })).ToContainTextAsync("export default");
    }

    [Fact]
    public async Task Agent_is_built_answered_run_and_scheduled_against_the_service_itself()
    {
        await using var app = await TestApp.StartAsync(real: true, arguments: ["--Jobs:SecretsKey", Convert.ToBase64String(new byte[32])]);
        using var created = await app.Client.PostAsync("v1/agents", System.Net.Http.Json.JsonContent.Create(new { name = "Joker", prompt = "email me a joke every morning" }));
        var agentId = (await created.ReadJsonAsync()).GetProperty("agentId").GetString()!;
        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/agents/{agentId}");
        var page = browser.Page;
        await Assertions.Expect(page.GetByText("The agent can run as soon as it is built.")).ToBeVisibleAsync();

        await browser.Button("Draft only").ClickAsync();
        await Assertions.Expect(browser.Progress).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(browser.Messages.Locator(".message.answer")).ToHaveTextAsync(new Regex("Draft only"));
        await Assertions.Expect(page.Locator(".tokens")).ToHaveTextAsync("999 tokens");

        foreach (var required in await page.Locator(".schema-form [required]").AllAsync())
        {
            if (await required.InputValueAsync() == "")
            {
                await required.FillAsync("ann@example.com");
            }
        }

        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(page.Locator(".run-result")).ToContainTextAsync("completed");
        await Assertions.Expect(page.Locator(".run-result").GetByRole(AriaRole.Region, new() { Name = "Output" })).ToContainTextAsync("{");
        await browser.OpenTabAsync("History");
        var run = page.Locator(".runs > li");
        await Assertions.Expect(run).ToHaveCountAsync(1);
        await run.Locator("summary").ClickAsync();
        await Assertions.Expect(run.GetByRole(AriaRole.Region, new() { Name = "Output" })).ToBeVisibleAsync();
        await Assertions.Expect(run.Locator("summary")).ToContainTextAsync("manual");

        await browser.OpenTabAsync("Settings");
        var schedule = page.GetByRole(AriaRole.Region, new() { Name = "Schedule" });
        await schedule.GetByLabel("Cron expression").FillAsync("every day");
        await schedule.GetByLabel("Cron expression").PressAsync("Enter");
        await Assertions.Expect(schedule.GetByRole(AriaRole.Alert)).ToContainTextAsync("cron");
        await schedule.GetByLabel("Cron expression").FillAsync("0 9 * * *");
        await schedule.GetByLabel("Cron expression").PressAsync("Enter");
        await Assertions.Expect(schedule).ToContainTextAsync("Next run:");
        await Assertions.Expect(page.GetByText("ACTIVE", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "Paused" }).CheckAsync();
        await Assertions.Expect(page.GetByText("PAUSED", new() { Exact = true })).ToBeVisibleAsync();
        var webhook = page.GetByRole(AriaRole.Region, new() { Name = "Webhook", Exact = true });
        await webhook.GetByRole(AriaRole.Button, new() { Name = "Create address" }).ClickAsync();
        await Assertions.Expect(webhook.GetByLabel("Webhook address")).ToHaveValueAsync(new Regex("/hooks/"));
        await webhook.GetByRole(AriaRole.Button, new() { Name = "Remove address" }).ClickAsync();
        await Assertions.Expect(webhook).ToContainTextAsync("It has no address.");
        var secrets = page.GetByRole(AriaRole.Region, new() { Name = "Secrets" });
        await secrets.GetByLabel("Name").FillAsync("MAIL_TOKEN");
        await secrets.GetByLabel("Value").FillAsync("correct horse");
        await secrets.GetByLabel("Value").PressAsync("Enter");
        await Assertions.Expect(secrets.GetByRole(AriaRole.Button, new() { Name = "Delete MAIL_TOKEN" })).ToBeVisibleAsync();
        Assert.All(browser.Complaints, complaint => Assert.Contains("400", complaint));
        Assert.Single(browser.Complaints);
    }

    [Fact]
    public async Task Form_makes_the_input_from_the_schema()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, api) = await OpenAsync(app);
        await using var _ = browser;
        var page = browser.Page;

        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(Field(page, "tags")).ToBeVisibleAsync();
        await Field(page, "tags").FillAsync("[1, ");
        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(page.Locator(".field-problem:visible")).ToContainTextAsync("This is not JSON");
        await Assertions.Expect(Field(page, "tags")).ToBeFocusedAsync();
        await Assertions.Expect(Field(page, "tags")).ToHaveAttributeAsync("aria-invalid", "true");

        await Field(page, "tags").FillAsync("[1, \"two\"]");
        await Field(page, "name").FillAsync("Ann");
        await Field(page, "times").FillAsync("3");
        await page.GetByLabel("tone").SelectOptionAsync("cool");
        await page.GetByLabel("loud").CheckAsync();
        await Field(page, "options").FillAsync("{\"a\": null}");
        await browser.Button("Run").ClickAsync();

        await Assertions.Expect(page.Locator(".run-result")).ToContainTextAsync("Hello Ann");
        Assert.Equal("""{"name":"Ann","times":3,"tone":"cool","loud":true,"tags":[1,"two"],"options":{"a":null}}""", api.Inputs[^1].ToJsonString());
        // The first press sent what a person had left empty: what is required, and the defaults.
        Assert.Equal("""{"name":"","times":2,"tone":"warm"}""", api.Inputs[0].ToJsonString());
        Assert.Equal(2, api.Inputs.Count);
    }

    [Fact]
    public async Task Raw_json_and_the_form_are_two_views_of_one_input()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, api) = await OpenAsync(app);
        await using var _ = browser;
        var page = browser.Page;
        var toggle = page.GetByRole(AriaRole.Switch, new() { Name = "Write the input as JSON" });
        var raw = page.GetByLabel("Input as JSON", new() { Exact = true });

        await Field(page, "name").FillAsync("Ann");
        await toggle.CheckAsync();
        Assert.Equal("""{"name":"Ann","times":2,"tone":"warm"}""", JsonNode.Parse(await raw.InputValueAsync())!.ToJsonString());
        await raw.FillAsync("{");
        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(page.Locator(".field-problem:visible")).ToContainTextAsync("This is not JSON");
        await raw.FillAsync("[]");
        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(page.Locator(".field-problem:visible")).ToContainTextAsync("must be a JSON object");
        await raw.FillAsync("""{"name":"Bob","extra":1}""");
        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(page.Locator(".run-result")).ToContainTextAsync("Hello Bob");
        await toggle.UncheckAsync();

        await Assertions.Expect(Field(page, "name")).ToHaveValueAsync("Bob");
        await Assertions.Expect(Field(page, "times")).ToHaveValueAsync("");
        Assert.Equal("""{"name":"Bob","extra":1}""", Assert.Single(api.Inputs).ToJsonString());
    }

    [Fact]
    public async Task What_the_service_finds_wrong_with_the_input_stands_near_its_field()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, api) = await OpenAsync(app);
        await using var _ = browser;
        api.OnRun = _ => new JsonObject
        {
            ["problem"] = JsonNode.Parse("""
                {"status":400,"code":"invalid_request","detail":"'input/name' must be longer.","errors":[{"field":"input/name","message":"must be longer"},{"field":"input/secret","message":"is not allowed"}]}
                """),
        };

        await browser.Button("Run").ClickAsync();

        var name = Field(browser.Page, "name");
        await Assertions.Expect(name).ToBeFocusedAsync();
        await Assertions.Expect(browser.Page.Locator(".field-problem:visible")).ToHaveTextAsync("must be longer");
        await Assertions.Expect(browser.Alert).ToHaveTextAsync("input/secret is not allowed");
    }

    [Fact]
    public async Task Runs_are_in_the_history_with_output_error_and_logs_and_text_is_only_text()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, api) = await OpenAsync(app);
        await using var _ = browser;
        var page = browser.Page;
        api.OnRun = _ => api.Inputs.Count == 1
            ? Ended("completed", new JsonObject { ["html"] = Hostile }, Hostile, null)
            : Ended("failed", null, Hostile, new JsonObject { ["code"] = "threw", ["message"] = Hostile });

        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(page.Locator(".run-result").GetByRole(AriaRole.Region, new() { Name = "Logs" })).ToHaveTextAsync(Hostile);
        await Assertions.Expect(page.Locator(".run-result").GetByRole(AriaRole.Region, new() { Name = "Output" })).ToContainTextAsync("<script>document.title");
        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(page.Locator(".run-result .error-text")).ToHaveTextAsync(Hostile);
        await browser.OpenTabAsync("History");

        var runs = page.Locator(".runs > li");
        await Assertions.Expect(runs).ToHaveCountAsync(2);
        await Assertions.Expect(runs.Nth(0).Locator("summary")).ToContainTextAsync("failed");
        await Assertions.Expect(runs.Nth(0).Locator("summary")).ToContainTextAsync("manual");
        await Assertions.Expect(runs.Nth(0).Locator("summary")).ToContainTextAsync("340 ms");
        await runs.Nth(0).Locator("summary").PressAsync("Enter");
        await Assertions.Expect(runs.Nth(0).Locator(".error-text")).ToHaveTextAsync(Hostile);
        await runs.Nth(1).Locator("summary").PressAsync("Enter");
        await Assertions.Expect(runs.Nth(1).GetByRole(AriaRole.Region, new() { Name = "Logs" })).ToHaveTextAsync(Hostile);
        Assert.Equal(0, await page.Locator("img, body script").CountAsync());
        Assert.Equal("Greeter · Workspace", await page.TitleAsync());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Run_that_goes_on_can_be_cancelled()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, api) = await OpenAsync(app);
        await using var _ = browser;
        api.OnRun = _ => Ended("running", null, "", null);

        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".run-result")).ToContainTextAsync("It runs…");
        await browser.OpenTabAsync("History");
        var run = browser.Page.Locator(".runs > li");
        await run.Locator("summary").ClickAsync();
        await run.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).PressAsync("Enter");

        await Assertions.Expect(run.Locator("summary")).ToContainTextAsync("cancelled");
        await Assertions.Expect(run.Locator("summary")).ToBeFocusedAsync();
        await Assertions.Expect(run.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeHiddenAsync();
        await browser.OpenTabAsync("Run");
        await Assertions.Expect(browser.Page.Locator(".run-result")).ToContainTextAsync("cancelled");
    }

    [Fact]
    public async Task Schedule_pause_webhook_and_secrets_are_set_on_the_page()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, api) = await OpenAsync(app);
        await using var _ = browser;
        var page = browser.Page;
        await browser.OpenTabAsync("Settings");

        var schedule = page.GetByRole(AriaRole.Region, new() { Name = "Schedule" });
        await schedule.GetByLabel("Cron expression").FillAsync("every day");
        await schedule.GetByLabel("Time zone").FillAsync("Europe/Zurich");
        await schedule.GetByLabel("Time zone").PressAsync("Enter");
        await Assertions.Expect(schedule.GetByRole(AriaRole.Alert)).ToContainTextAsync("five or six fields");
        await schedule.GetByLabel("Cron expression").FillAsync("0 9 * * *");
        await schedule.GetByLabel("Cron expression").PressAsync("Enter");
        await Assertions.Expect(schedule).ToContainTextAsync("Next run:");
        await Assertions.Expect(schedule).ToContainTextAsync("Schedule saved.");
        await page.GetByRole(AriaRole.Switch, new() { Name = "Paused" }).CheckAsync();
        await schedule.GetByRole(AriaRole.Button, new() { Name = "Remove schedule" }).ClickAsync();
        await Assertions.Expect(schedule).ToContainTextAsync("It does not run by itself.");

        var webhook = page.GetByRole(AriaRole.Region, new() { Name = "Webhook", Exact = true });
        await webhook.GetByRole(AriaRole.Button, new() { Name = "Create address" }).ClickAsync();
        await Assertions.Expect(webhook.GetByLabel("Webhook address")).ToHaveValueAsync("https://jobs.example/hooks/whk_once");
        await Assertions.Expect(webhook).ToContainTextAsync("It has an address");
        await webhook.GetByRole(AriaRole.Button, new() { Name = "Remove address" }).ClickAsync();
        await Assertions.Expect(webhook.GetByLabel("Webhook address")).ToBeHiddenAsync();

        var secrets = page.GetByRole(AriaRole.Region, new() { Name = "Secrets" });
        await Assertions.Expect(secrets).ToContainTextAsync("needed, not set");
        await secrets.GetByRole(AriaRole.Button, new() { Name = "Set MAIL_TOKEN" }).ClickAsync();
        await Assertions.Expect(secrets.GetByLabel("Value")).ToBeFocusedAsync();
        await secrets.GetByLabel("Value").FillAsync("correct horse");
        await secrets.GetByLabel("Value").PressAsync("Enter");
        await Assertions.Expect(secrets).ToContainTextAsync("Saved MAIL_TOKEN.");
        await Assertions.Expect(secrets.GetByLabel("Value")).ToHaveValueAsync("");
        await Assertions.Expect(secrets.GetByLabel("Value")).ToHaveAttributeAsync("type", "password");
        await secrets.GetByRole(AriaRole.Button, new() { Name = "Delete MAIL_TOKEN" }).ClickAsync();
        await Assertions.Expect(secrets).ToContainTextAsync("needed, not set");

        Assert.Equal(
            [
                """PATCH {"schedule":{"cron":"every day","timeZone":"Europe/Zurich"}}""",
                """PATCH {"schedule":{"cron":"0 9 * * *","timeZone":"Europe/Zurich"}}""",
                """PATCH {"paused":true}""",
                """PATCH {"schedule":null}""",
                "POST webhook",
                "DELETE webhook",
                """PUT MAIL_TOKEN {"value":"correct horse"}""",
                "DELETE MAIL_TOKEN ",
            ],
            api.Calls);
    }

    [Fact]
    public async Task Hosts_are_an_admins_to_grant()
    {
        await using var app = await TestApp.StartAsync();
        var (member, _) = await OpenAsync(app);
        await using (member)
        {
            await member.OpenTabAsync("Settings");
            var hosts = member.Page.GetByRole(AriaRole.Region, new() { Name = "Allowed hosts" });
            await Assertions.Expect(hosts).ToContainTextAsync("None: its code has no network.");
            await Assertions.Expect(hosts).ToContainTextAsync("Only an administrator's key can change them.");
            Assert.Equal(0, await hosts.GetByRole(AriaRole.Textbox).CountAsync());
        }

        var (admin, api) = await OpenAsync(app, TestApp.AdminKey);
        await using var _2 = admin;
        await admin.OpenTabAsync("Settings");
        await admin.Page.GetByLabel("Hosts that its code may call, one a line").FillAsync("api.example.com\nexample.org");
        await admin.Button("Save hosts").ClickAsync();
        await Assertions.Expect(admin.Page.GetByText("Hosts saved.")).ToBeVisibleAsync();
        Assert.Equal("""PATCH {"allowedHosts":["api.example.com","example.org"]}""", Assert.Single(api.Calls));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_part_fits_a_phone_and_can_be_read_in_either_colour_scheme(ColorScheme scheme)
    {
        await using var app = await TestApp.StartAsync();
        var (browser, api) = await OpenAsync(app, width: 380, scheme: scheme);
        await using var _ = browser;
        api.OnRun = _ => api.Inputs.Count == 1
            ? Ended("completed", new JsonObject { ["long"] = new string('y', 500), ["number"] = 1, ["flag"] = true }, new string('z', 500), null)
            : Ended("failed", null, "x", new JsonObject { ["code"] = "out_of_memory", ["message"] = new string('m', 300) });

        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".run-result")).ToContainTextAsync("yyy");
        await CheckAsync("The run");
        await browser.Button("Run").ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".run-result")).ToContainTextAsync("mmm");
        await CheckAsync("The failed run");
        await browser.OpenTabAsync("History");
        await browser.Page.Locator("summary").First.ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".run-details").First).ToContainTextAsync("mmm");
        await CheckAsync("The history");
        await browser.OpenTabAsync("Settings");
        await browser.Button("Create address").ClickAsync();
        await Assertions.Expect(browser.Page.GetByLabel("Webhook address")).ToBeVisibleAsync();
        await CheckAsync("The settings");

        async Task CheckAsync(string where)
        {
            await Assertions.Expect(browser.Page.Locator("[aria-disabled=true]")).ToHaveCountAsync(0);
            await browser.AssertNothingOverflowsAsync(where);
            Assert.Empty(await browser.FindPoorContrastAsync());
        }
    }

    private async Task<(WorkspaceBrowser Browser, StandInAgentApi Api)> OpenAsync(
        TestApp app, string? key = null, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        using var created = await app.Client.PostAsync("v1/agents", System.Net.Http.Json.JsonContent.Create(new { name = "Greeter" }));
        var agentId = (await created.ReadJsonAsync()).GetProperty("agentId").GetString()!;
        var browser = await WorkspaceBrowser.OpenAsync(chromium, app, $"app/acme/agents/{agentId}", width, scheme);
        var api = new StandInAgentApi();
        await api.InstallAsync(browser.Page);
        await browser.Page.GetByLabel("API key").FillAsync(key ?? TestApp.Key);
        await browser.Page.GetByLabel("API key").PressAsync("Enter");
        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync("Greeter");
        await Assertions.Expect(browser.Button("Run")).ToBeVisibleAsync();
        return (browser, api);
    }

    private static ILocator Field(IPage page, string name) => page.Locator(".schema-form").GetByLabel(new Regex($"^{name}( required)?$"));

    private static JsonObject Ended(string status, JsonObject? output, string logs, JsonObject? error) =>
        new() { ["status"] = status, ["output"] = output, ["logs"] = logs, ["error"] = error };
}
