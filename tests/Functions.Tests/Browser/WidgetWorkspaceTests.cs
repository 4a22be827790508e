using System.Net.Http.Json;
using System.Text;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>The workspace page of a widget, in front of the real app, used by a person.</summary>
public sealed class WidgetWorkspaceTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Hostile = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>{{view}}${1}";

    [Fact]
    public async Task Wrong_key_is_refused_in_words_and_the_right_one_opens_the_page_and_stays_out_of_reach()
    {
        await using var app = await TestApp.StartAsync();
        var widgetId = await CreateDraftAsync(app, "Poll");
        await using var browser = await WorkspaceBrowser.OpenAsync(chromium, app, $"app/acme/widgets/{widgetId}");
        var key = browser.Page.GetByLabel("API key");
        await Assertions.Expect(key).ToBeFocusedAsync();
        await Assertions.Expect(key).ToHaveAttributeAsync("type", "password");
        await Assertions.Expect(key).ToHaveAttributeAsync("autocomplete", "off");

        await key.FillAsync("emb_live_wrong");
        await key.PressAsync("Enter");
        await Assertions.Expect(browser.Alert).ToHaveTextAsync("This is not a valid API key.");
        await Assertions.Expect(key).ToBeFocusedAsync();
        await key.FillAsync(TestApp.Key);
        await key.PressAsync("Enter");
        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync("Poll");

        Assert.DoesNotContain("emb_live", browser.Page.Url);
        var reach = await browser.Page.EvaluateAsync<string>(
            "() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.documentElement.outerHTML + JSON.stringify(history.state)");
        Assert.DoesNotContain("emb_live", reach);
        var cookie = Assert.Single(await browser.Page.Context.CookiesAsync());
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
        Assert.Equal(TestApp.Key, cookie.Value);

        await browser.Button("Sign out").ClickAsync();
        await Assertions.Expect(browser.Page.GetByLabel("API key")).ToBeVisibleAsync();
        Assert.Empty(await browser.Page.Context.CookiesAsync());
    }

    [Fact]
    public async Task What_a_model_took_for_a_build_is_shown_and_nothing_where_none_was_called()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuilds.Whole.Taking(1_000, 0, 234));
        await using var app = await AiBuilds.StartAsync(server, "--Ai:InputPrice", "100", "--Ai:OutputPrice", "1000");
        await using var offline = await TestApp.StartAsync();

        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/widgets/{await CreateDraftAsync(app, "Clicks")}");
        await browser.SayAsync("a counter");
        await Assertions.Expect(browser.Progress).ToContainTextAsync("1,234 tokens of the AI model, cost 0.334");
        await using var free = await WorkspaceBrowser.SignInAsync(chromium, offline, $"app/acme/widgets/{await CreateDraftAsync(offline, "Clicks")}");
        await free.SayAsync("a counter");
        await Assertions.Expect(free.Progress).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(free.Progress.Locator(".hint")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Widget_is_built_refined_published_and_seen()
    {
        await using var app = await TestApp.StartAsync(real: true);
        var widgetId = await CreateDraftAsync(app, "Clicks");
        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/widgets/{widgetId}");
        await Assertions.Expect(browser.Page.GetByText("Nothing was built yet.")).ToBeVisibleAsync();

        await browser.Button("Publish").ClickAsync();
        await Assertions.Expect(browser.Alert).ToContainTextAsync("has not been built yet");

        await browser.SayAsync("a counter that starts at 5");
        await Assertions.Expect(browser.Progress).ToContainTextAsync("Built");
        await Assertions.Expect(browser.Messages.Locator(".message")).ToHaveCountAsync(2);
        await Assertions.Expect(browser.Messages).ToContainTextAsync("a counter that starts at 5");

        await browser.Button("Publish").ClickAsync();
        var preview = browser.Page.FrameLocator("iframe[title='Published widget']").Locator("[data-widget]");
        await Assertions.Expect(preview).ToContainTextAsync("5");
        await Assertions.Expect(browser.Page.GetByText("PUBLISHED", new() { Exact = true })).ToBeVisibleAsync();

        await browser.SayAsync("start at 42");
        await Assertions.Expect(browser.Messages.Locator(".message.result")).ToHaveCountAsync(2);
        await Assertions.Expect(browser.Progress).ToHaveAttributeAsync("data-state", "done");
        await browser.Button("Publish").ClickAsync();
        await Assertions.Expect(preview).ToContainTextAsync("42");

        await browser.OpenTabAsync("Files");
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Navigation, new() { Name = "Files" }).GetByRole(AriaRole.Button)).Not.ToHaveCountAsync(0);
        await browser.Button("App.tsx").ClickAsync();
        var code = browser.Page.GetByRole(AriaRole.Region, new() { Name = "src/App.tsx" });
        Assert.Equal(await app.Client.GetStringAsync($"v1/widgets/{widgetId}/files/src/App.tsx"), string.Join('\n', await code.Locator(".line").AllTextContentsAsync()) + "\n");
        Assert.NotEqual(0, await code.Locator(".t-keyword").CountAsync());
        Assert.All(browser.Complaints, complaint => Assert.Contains("409", complaint));
        Assert.Single(browser.Complaints);
    }

    [Fact]
    public async Task Question_is_answered_with_a_choice_or_in_words_by_keyboard_alone()
    {
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(new FakeGenerator((request, _) => Task.FromResult(
            request.Answers.Count switch
            {
                0 => new GenerationResult.Question("Which colour?", ["Red", "Blue"], "Blue"),
                1 => new GenerationResult.Question("How big?", []),
                _ => FakeGenerator.OneFile,
            }))));
        var widgetId = await CreateDraftAsync(app, "Asker");
        await using var browser = await WorkspaceBrowser.OpenAsync(chromium, app, $"app/acme/widgets/{widgetId}");
        var keyboard = browser.Page.Keyboard;

        await keyboard.TypeAsync(TestApp.Key);
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync("Asker");
        await browser.TabToAsync("textarea");
        await keyboard.TypeAsync("a thing");
        await keyboard.PressAsync("Enter");

        var box = browser.Page.GetByLabel("Your answer to “Which colour?”");
        await Assertions.Expect(box).ToHaveValueAsync("Blue");
        await Assertions.Expect(browser.Progress).ToContainTextAsync("Waiting for your answer");
        await Assertions.Expect(box).ToBeFocusedAsync();
        await keyboard.PressAsync("Shift+Tab");
        await Assertions.Expect(browser.Button("Blue")).ToBeFocusedAsync();
        await keyboard.PressAsync("Shift+Tab");
        await Assertions.Expect(browser.Button("Red")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");

        var second = browser.Page.GetByLabel("Your answer to “How big?”");
        await Assertions.Expect(second).ToBeFocusedAsync();
        await Assertions.Expect(second).ToHaveValueAsync("");
        await keyboard.TypeAsync("huge");
        await keyboard.PressAsync("Enter");

        await Assertions.Expect(browser.Progress).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(browser.Messages.Locator(".message.answer .content")).ToHaveTextAsync(["Red", "huge"]);
        await Assertions.Expect(browser.Page.Locator(".composer textarea")).ToBeFocusedAsync();
        await browser.TabToAsync("[role=tab]");
        await keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Tab, new() { Name = "Files" })).ToBeFocusedAsync();
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Region, new() { Name = "src/App.tsx" })).ToBeVisibleAsync();
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task What_is_typed_while_the_page_refreshes_stays_with_its_focus()
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(new FakeGenerator((request, _) =>
            request.Answers.Count == 0 ? gate.Task : Task.FromResult(FakeGenerator.OneFile))));
        var (widgetId, _) = await app.CreateWidgetAsync();
        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/widgets/{widgetId}");
        await Assertions.Expect(browser.Progress).ToContainTextAsync("Writing files");
        var box = browser.Page.Locator(".composer textarea");

        await box.FillAsync("not finished");
        await browser.Button("Send").ClickAsync();
        await Assertions.Expect(browser.Alert).ToHaveTextAsync("A build is running. Wait until it has ended.");
        await box.FocusAsync();
        gate.SetResult(new GenerationResult.Question("Which one?", ["This"], "This"));
        await Assertions.Expect(browser.Button("This")).ToBeVisibleAsync();

        await Assertions.Expect(box).ToHaveValueAsync("not finished");
        await Assertions.Expect(box).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Failure_shows_the_compilers_message()
    {
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetCompiler>(
            new FakeCompiler { OnCompile = _ => Task.FromResult<CompileResult>(new CompileResult.Failed("src/App.tsx(3,1): error TS2304: Cannot find name 'Pol<b>'.")) }));
        var (widgetId, _) = await app.CreateWidgetAsync();
        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/widgets/{widgetId}");

        await Assertions.Expect(browser.Progress).ToContainTextAsync("Does not compile");
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Region, new() { Name = "Build error" })).ToHaveTextAsync("src/App.tsx(3,1): error TS2304: Cannot find name 'Pol<b>'.");
    }

    [Fact]
    public async Task Text_from_the_api_is_shown_literally_wherever_it_stands()
    {
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(new FakeGenerator((request, _) => Task.FromResult<GenerationResult>(
            request.Answers.Count == 0
                ? new GenerationResult.Question(Hostile, [Hostile], Hostile)
                : new GenerationResult.Files(new Dictionary<string, string> { ["src/App.tsx"] = Hostile, ["README.md"] = "# " + Hostile }, Hostile)))));
        using var created = await app.Client.PostAsJsonAsync("v1/widgets", new { name = Hostile, prompt = Hostile });
        var widgetId = (await created.ReadJsonAsync()).GetProperty("widgetId").GetString()!;
        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/widgets/{widgetId}");

        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync(Hostile);
        await Assertions.Expect(browser.Page.Locator(".composer textarea")).ToHaveValueAsync(Hostile);
        await browser.Page.Locator(".choice").ClickAsync();
        await Assertions.Expect(browser.Progress).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(browser.Messages.Locator(".content")).ToHaveTextAsync([Hostile, Hostile, Hostile, Hostile]);
        await browser.OpenTabAsync("Files");
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Region, new() { Name = "src/App.tsx" })).ToHaveTextAsync(Hostile);
        await browser.Button("README.md").ClickAsync();
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Region, new() { Name = "README.md" })).ToHaveTextAsync("# " + Hostile);

        Assert.Equal(Hostile + " · Workspace", await browser.Page.TitleAsync());
        Assert.Equal(0, await browser.Page.Locator("img, body script").CountAsync());
        Assert.Empty(browser.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Page_fits_a_phone_and_can_be_read_in_either_colour_scheme(ColorScheme scheme)
    {
        await using var app = await TestApp.StartAsync(real: true);
        var (widgetId, jobId) = await app.CreateWidgetAsync("a poll: which day suits you? Monday, Tuesday or Friday", "A name that is long " + new string('x', 120));
        await app.WaitUntilSettledAsync(jobId);
        (await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null)).EnsureSuccessStatusCode();
        await using (var stranger = await WorkspaceBrowser.OpenAsync(chromium, app, $"app/acme/widgets/{widgetId}", width: 380, scheme))
        {
            await Assertions.Expect(stranger.Page.GetByLabel("API key")).ToBeVisibleAsync();
            await stranger.AssertNothingOverflowsAsync("The sign-in");
            Assert.Empty(await stranger.FindPoorContrastAsync());
        }

        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/widgets/{widgetId}", width: 380, scheme);
        await Assertions.Expect(browser.Page.Locator("iframe")).ToBeVisibleAsync();
        await Assertions.Expect(browser.Progress).ToBeVisibleAsync();
        await browser.AssertNothingOverflowsAsync("The preview");
        Assert.Empty(await browser.FindPoorContrastAsync());
        await browser.OpenTabAsync("Files");
        await Assertions.Expect(browser.Page.Locator(".code")).ToBeVisibleAsync();
        await browser.AssertNothingOverflowsAsync("Files");
        Assert.Empty(await browser.FindPoorContrastAsync());

        var background = await browser.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        Assert.Equal(scheme is ColorScheme.Dark ? "rgb(16, 18, 23)" : "rgb(245, 246, 248)", background);
    }

    [Fact]
    public async Task Published_code_has_no_use_of_the_session_in_the_preview_nor_on_its_own_page()
    {
        const string Thief = """
            export const mount = async (element) => {
              const tries = {
                cookie: () => document.cookie,
                parent: () => (window === parent ? undefined : parent.document.title),
                storage: () => localStorage.length,
                read: async () => (await fetch("/v1/widgets", { credentials: "include" })).status,
                session: async () => (await fetch("/app/session", { credentials: "include", mode: "no-cors" })).type,
                beacon: () => { if (!navigator.sendBeacon("/app/session", "{}")) throw new Error("refused"); },
              };
              const loot = [];
              for (const [name, attempt] of Object.entries(tries)) {
                try { const got = await attempt(); if (got !== undefined) loot.push(`${name}: ${got}`); } catch { }
              }
              const isFramed = window !== parent;
              if (isFramed) {
                // Refused; by itself on a page, the driver would wait for it for ever.
                const form = document.createElement("form");
                form.method = "post";
                form.action = "/v1/widgets";
                document.body.append(form);
                form.submit();
              }
              element.textContent = `${isFramed ? "framed " : ""}loot: [${loot.join(", ")}]`;
            };
            """;
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetCompiler>(new FakeCompiler
        {
            OnCompile = _ => Task.FromResult<CompileResult>(new CompileResult.Succeeded(Encoding.UTF8.GetBytes(Thief), ".x{}"u8.ToArray(), TimeSpan.Zero, TimeSpan.Zero)),
        }));
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        (await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null)).EnsureSuccessStatusCode();
        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/widgets/{widgetId}");

        await Assertions.Expect(browser.Page.FrameLocator("iframe").Locator("[data-widget]")).ToHaveTextAsync("framed loot: []");
        await browser.Page.GotoAsync($"w/{widgetId}/");
        await Assertions.Expect(browser.Page.Locator("[data-widget]")).ToHaveTextAsync("loot: []");
        Assert.EndsWith($"/w/{widgetId}/", browser.Page.Url);
    }

    [Fact]
    public async Task Link_from_another_site_finds_the_session_that_is_there()
    {
        await using var app = await TestApp.StartAsync();
        var widgetId = await CreateDraftAsync(app, "Linked");
        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app, $"app/acme/widgets/{widgetId}");

        // To the browser, localhost is another site than 127.0.0.1.
        await browser.Page.RouteAsync("http://localhost:*/elsewhere", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = $"<a href=\"{app.Address}app/acme/widgets/{widgetId}\">Go</a>",
        }));
        await browser.Page.GotoAsync($"http://localhost:{app.Address.Port}/elsewhere");
        await browser.Page.GetByRole(AriaRole.Link, new() { Name = "Go" }).ClickAsync();

        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync("Linked");
    }

    [Fact]
    public async Task Session_of_another_organisation_finds_nothing_and_can_sign_out()
    {
        await using var app = await TestApp.StartAsync();
        var widgetId = await CreateDraftAsync(app, "Private");
        await using var browser = await WorkspaceBrowser.OpenAsync(chromium, app, $"app/acme/widgets/{widgetId}");

        await browser.Page.GetByLabel("API key").FillAsync(TestApp.OtherKey);
        await browser.Button("Sign in").ClickAsync();
        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync("Nothing here");
        await browser.Button("Sign in as somebody else").ClickAsync();
        await browser.Page.GetByLabel("API key").FillAsync(TestApp.Key);
        await browser.Button("Sign in").ClickAsync();

        await Assertions.Expect(browser.Heading(1)).ToHaveTextAsync("Private");
    }

    private static async Task<string> CreateDraftAsync(TestApp app, string name)
    {
        using var created = await app.Client.PostAsJsonAsync("v1/widgets", new { name });
        return (await created.ReadJsonAsync()).GetProperty("widgetId").GetString()!;
    }
}
