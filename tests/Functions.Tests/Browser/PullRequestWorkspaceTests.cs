using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Jobs.Domain.Repositories;
using Jobs.Functions.Tests.Repositories;
using Jobs.Repositories.Local;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>The page of our own pull request, used by a person, over a real repository.</summary>
public sealed class PullRequestWorkspaceTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private const string Hostile = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'<\u2215script>";
    private const string HostileText = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("jobs-pull-request-tests-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Change_is_read_line_by_line_as_text_and_merged_by_keyboard_alone()
    {
        await using var app = await StartAsync(
            new FileEdit.Write($"notes/{Hostile}.md", Bytes($"# {HostileText}\n@@ -1,1 +1,1 @@\nright\u202Eleft\n")),
            new FileEdit.Write("src/app.cs", Bytes("public class App\n{\n    // " + HostileText + "\n    public int Two => 2;\n}\n")),
            new FileEdit.Write("x.constructor", Bytes("no language\n")),
            new FileEdit.Write("logo.bin", new byte[] { 0, 1, 2 }),
            new FileEdit.Rename("README.md", "docs/README.md"));
        var id = await app.CreateAsync(new { job = $"Do {HostileText}", auto_merge = false });
        var done = await app.WaitAsync(id, "completed");
        await using var browser = await OpenAsync(app, done.GetProperty("pr_url").GetString()!);
        var page = browser.Page;

        await Assertions.Expect(page.GetByText($"Do {HostileText}")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Changed it as asked.").First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("5 files changed, 6 added and 2 deleted lines.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".changes summary bdi")).ToHaveTextAsync(
            ["README.md → docs/README.md", "logo.bin", $"notes/{Hostile}.md", "src/app.cs", "x.constructor"], new() { UseInnerText = true });
        await Assertions.Expect(page.GetByText("A binary file.")).ToBeVisibleAsync();
        var code = page.GetByRole(AriaRole.Region, new() { Name = "Lines of src/app.cs" });
        await Assertions.Expect(code.Locator("tr.added")).ToHaveCountAsync(2);
        await Assertions.Expect(code.Locator("tr.deleted")).ToHaveCountAsync(2);
        await Assertions.Expect(code.Locator("tr.added .t-keyword").First).ToHaveTextAsync("public");
        await Assertions.Expect(code.Locator("tr.added .t-comment")).ToHaveTextAsync("// " + HostileText);
        await Assertions.Expect(code.Locator("tr.added .number").Nth(1)).ToHaveTextAsync("3");

        // A line that looks like the head of a hunk is a line, and letters that turn the writing around are written out.
        var note = page.GetByRole(AriaRole.Region, new() { Name = $"Lines of notes/{Hostile}.md" });
        await Assertions.Expect(note.Locator("tr.hunk")).ToHaveCountAsync(1);
        await Assertions.Expect(note.Locator("tr.added .text")).ToHaveTextAsync([$"# {HostileText}", "@@ -1,1 +1,1 @@", "right[U+202E]left"]);

        await browser.TabToAsync(".pull-request button.primary");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "The pull request is merged." })).ToBeVisibleAsync();
        await Assertions.Expect(browser.Button("Merge")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator(".bar .badge")).ToHaveTextAsync("merged");
        await Assertions.Expect(browser.Heading(1)).ToBeFocusedAsync();
        Assert.Equal("merged", (await app.StatusAsync(id)).GetProperty("status").GetString());
        Assert.EndsWith(" · Pull request", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Conflict_is_told_and_the_pull_request_stays_open()
    {
        var number = 0;
        await using var app = await StartAsync((_, _, _) => Task.FromResult(Answer(new FileEdit.Write("src/app.cs", Bytes($"// {Interlocked.Increment(ref number)}\n")))));
        var first = await app.CreateAsync(new { job = "One", auto_merge = false });
        await app.WaitAsync(first, "completed");
        var second = await app.CreateAsync(new { job = "Another", auto_merge = false });
        await app.WaitAsync(second, "completed");
        using (var merged = await app.Client.PostAsync($"api/jobs/{first}/merge", null))
        {
            Assert.Equal(HttpStatusCode.OK, merged.StatusCode);
        }

        await using var browser = await OpenAsync(app, $"app/acme/pull-requests/{second}");
        await browser.Button("Merge").ClickAsync();

        await Assertions.Expect(browser.Alert.Filter(new() { HasText = "src/app.cs" })).ToBeVisibleAsync();
        await Assertions.Expect(browser.Button("Merge")).ToBeFocusedAsync();
        Assert.Equal("completed", (await app.StatusAsync(second)).GetProperty("status").GetString());
        Assert.All(browser.Complaints, complaint => Assert.Contains("409", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_that_failed_is_shown_with_its_log_and_keeps_from_merging()
    {
        await using var app = await StartAsync(
            (_, _, _) => Task.FromResult(Answer(new FileEdit.Write("a.txt", Bytes("a\n")))),
            check: new FakeRepositoryCheck((_, _) => Task.FromResult(new CheckResult(HasPassed: false, $"{HostileText} is wrong\n", "It ended with 1."))),
            command: "make test");
        var id = await app.CreateAsync(new { job = "Do it" });
        await app.WaitAsync(id, "completed");
        await using var browser = await OpenAsync(app, $"app/acme/pull-requests/{id}");
        var page = browser.Page;

        await Assertions.Expect(page.Locator("section", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Check" }) })).ToContainTextAsync(new Regex("failed.*make test"));
        await page.GetByText("Log", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Log" })).ToContainTextAsync($"{HostileText} is wrong");
        await Assertions.Expect(browser.Button("Merge")).ToHaveAttributeAsync("aria-disabled", "true");
        await Assertions.Expect(browser.Button("Merge")).ToHaveAccessibleDescriptionAsync(new Regex("check has failed"));
        await browser.Button("Merge").ClickAsync(new() { Force = true });
        Assert.Equal("completed", (await app.StatusAsync(id)).GetProperty("status").GetString());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Many_lines_are_drawn_when_their_file_is_opened()
    {
        var long1 = string.Concat(Enumerable.Range(0, 1_500).Select(number => $"line {number}\n"));
        await using var app = await StartAsync(
            new FileEdit.Write("a.txt", Bytes(long1)),
            new FileEdit.Write("b.txt", Bytes(long1)),
            new FileEdit.Write("c.txt", Bytes(string.Concat(Enumerable.Repeat("x\n", ForgeLimits.MaxDiffFileLines + 1)))));
        var id = await app.CreateAsync(new { job = "Do it", auto_merge = false });
        await app.WaitAsync(id, "completed");
        await using var browser = await OpenAsync(app, $"app/acme/pull-requests/{id}");
        var page = browser.Page;

        await Assertions.Expect(page.Locator("tr.added")).ToHaveCountAsync(1_500);
        await page.GetByText("b.txt").ClickAsync();
        await Assertions.Expect(page.Locator("tr.added")).ToHaveCountAsync(3_000);
        await Assertions.Expect(page.GetByText("too many, or too long")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Page_fits_its_window_and_can_be_read(int width, ColorScheme scheme)
    {
        await using var app = await StartAsync(
            new FileEdit.Write("src/app.cs", Bytes("public class App\n{\n    // A comment that is long enough to be wider than a phone, and then some more of it\n    string s = \"text\" + 12;\n}\n")),
            new FileEdit.Write(string.Concat(Enumerable.Repeat("a-long-name-", 12)) + ".py", Bytes("# a comment\nkey: 1\ndef f(x):\n    return 'a'\n")),
            new FileEdit.Rename("README.md", "docs/README.md"));
        var id = await app.CreateAsync(new { job = "Do it", auto_merge = false });
        await app.WaitAsync(id, "completed");
        await using var browser = await OpenAsync(app, $"app/acme/pull-requests/{id}", width, scheme);
        await Assertions.Expect(browser.Page.Locator("tr.deleted")).ToHaveCountAsync(2);
        await browser.Page.GetByText("Log", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Region, new() { Name = "Log" })).ToBeVisibleAsync();

        await browser.AssertNothingOverflowsAsync("The pull request");
        Assert.Empty(await browser.FindPoorContrastAsync());
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Pull_request_of_another_organisation_or_of_nothing_is_the_same_404()
    {
        await using var app = await StartAsync(new FileEdit.Write("a.txt", Bytes("a\n")));
        var id = await app.CreateAsync(new { job = "Do it", auto_merge = false });
        await app.WaitAsync(id, "completed");

        var answers = new List<(HttpStatusCode, string)>();
        foreach (var path in new[] { $"api/jobs/{id}/pull-request", "api/jobs/zzzz9999/pull-request", "api/jobs/nothing/pull-request" })
        {
            using var answer = await app.OtherTenant.GetAsync(path);
            answers.Add((answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }

        Assert.Equal(HttpStatusCode.NotFound, Assert.Single(answers.Distinct()).Item1);
        await using var browser = await WorkspaceBrowser.SignInAsync(chromium, app.App, $"app/acme/pull-requests/{id}", credential: TestApp.OtherKey, heading: "Nothing here");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static RepositoryAnswer Answer(params FileEdit[] edits) => new RepositoryAnswer.Edits(edits, $"Change {Hostile}"[..60], "Changed it as asked.");

    private Task<RepositoryApp> StartAsync(params FileEdit[] edits) => StartAsync((_, _, _) => Task.FromResult(Answer(edits)));

    private async Task<RepositoryApp> StartAsync(
        Func<RepositoryTask, int, CancellationToken, Task<RepositoryAnswer>> work, FakeRepositoryCheck? check = null, string? command = null)
    {
        var location = Path.Combine(_root.FullName, "site");
        NewRepository.Create(
            location,
            new Dictionary<string, string> { ["README.md"] = "# Site\n", ["src/app.cs"] = "public class App\n{\n    // old\n    int Old;\n}\n" },
            new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
        return await RepositoryApp.StartAsync(
            new FakeRepositoryAgent(work),
            check,
            hasRealForges: true,
            settings: new { name = "site", kind = "local", location, autoMerge = true, check = command },
            arguments: ["--Repositories:LocalRoots:0", _root.FullName]);
    }

    private Task<WorkspaceBrowser> OpenAsync(RepositoryApp app, string path, int width = 1280, ColorScheme scheme = ColorScheme.Light) =>
        WorkspaceBrowser.SignInAsync(chromium, app.App, path, width, scheme, heading: "Changes");
}
