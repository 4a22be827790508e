using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Documents.Crawling;
using Jobs.Documents.Exchange;
using Jobs.Documents.Tests.Crawling;
using Jobs.Execution.Egress;
using Jobs.Functions.JobTypes.WebCrawling;
using Jobs.Local.Commands;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit.Abstractions;

namespace Jobs.Functions.Tests.Work;

/// <summary>The job type <c>web_crawling</c>: sites on loopback, crawled by the real app.</summary>
public sealed class WebCrawlingJobTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Site_of_200_pages_is_crawled_whole_and_no_page_twice()
    {
        await using var site = await CrawledSite.OfTestSiteAsync();
        await using var app = await StartAsync(site);
        var before = DateTime.UtcNow;

        var id = await app.Client.CrawlAsync(site, maxPages: 1_000);
        var job = await app.Client.WaitForWorkAsync(id);

        output.WriteLine($"{TestSite.Pages} pages in {(DateTime.UtcNow - before).TotalSeconds:N1} s: {job}");
        Assert.True(job.Status() == "completed", job.ToString());
        var result = job.GetProperty("result");
        Assert.Equal((TestSite.Pages, 10, TestSite.Pages, "finished"), (Number("pagesCrawled"), Number("errors"), Number("documentsCreated"), result.GetProperty("endedBy").GetString()));
        Assert.Equal(2, Number("filesFound"));
        Assert.All(new[] { "skippedByRobots", "duplicates", "otherSkipped" }, name => Assert.True(Number(name) > 0, name));

        var pages = await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results");
        Assert.Equal(site.Expected, pages.Select(UrlOf).Order(StringComparer.Ordinal));
        var documents = await DocumentsAsync(app);
        Assert.Equal(documents.Select(document => (document.Id, document.Url)).Order(), pages.Select(page => (page.GetProperty("documentId").GetString()!, (string?)UrlOf(page))).Order());
        Assert.Equal("Käse", pages.Single(page => UrlOf(page) == $"{site.Root}/charset/latin1").GetProperty("title").GetString());
        var page = await ReadAsync(app, documents.Single(document => document.Url == $"{site.Root}/page/9"));
        Assert.Contains(TestSite.Words(1_009, 5), page.Text);
        Assert.Equal(("Page 9", "markdown", "en"), (page.Title, page.Metadata["format"], page.Metadata["language"]));
        Assert.Contains("süßer", (await ReadAsync(app, documents.Single(document => document.Url == $"{site.Root}/charset/wrong"))).Text);

        var errors = (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors")).Select(error => (UrlOf(error)[site.Root.Length..], CodeOf(error))).Order();
        Assert.Equal(
            [
                ("/error", CrawlProblemCodes.Status), ("/missing", CrawlProblemCodes.Status), ("/private/open", CrawlProblemCodes.Status), ("/redirect/a", CrawlProblemCodes.RedirectLoop),
                ("/redirect/chain/1", CrawlProblemCodes.TooManyRedirects), ("/redirect/file", CrawlProblemCodes.RedirectInvalid), ("/redirect/metadata", CrawlProblemCodes.RedirectOffSite),
                ("/redirect/out", CrawlProblemCodes.RedirectOffSite), ("/redirect/self", CrawlProblemCodes.RedirectLoop), ("/slow", CrawlProblemCodes.Unreachable),
            ],
            errors);
        // A connection that breaks off may be tried once more by the client itself.
        Assert.Equal(["/error", "/slow"], site.Requests.GroupBy(path => path).Where(same => same.Count() > 1).Select(same => same.Key).Order());
        Assert.DoesNotContain("/private/x", site.Requests);
        Assert.DoesNotContain("/report.pdf", site.Requests);

        int Number(string name) => result.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Crawl_shows_its_pages_and_its_result_as_documented_and_crawling_again_updates_what_has_changed()
    {
        var pages = new Dictionary<string, string> { ["/"] = Html("Home", "/tea", "/gone"), ["/tea"] = Html("Tea") };
        await using var site = await CrawledSite.StartAsync(pages);
        await using var app = await StartAsync(site);

        var first = await app.Client.CrawlAsync(site);
        await app.Client.WaitForWorkAsync(first);
        Payload.AssertMatches("004-crawl-completed.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{first}"));
        Payload.AssertMatches("004-crawl-results.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{first}/results"));
        Payload.AssertMatches("004-crawl-errors.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{first}/errors"));

        pages["/tea"] = Html("Green tea");
        var again = (await app.Client.WaitForWorkAsync(await app.Client.CrawlAsync(site))).GetProperty("result");
        Assert.Equal(
            (0, 1, 1),
            (again.GetProperty("documentsCreated").GetInt32(), again.GetProperty("documentsUpdated").GetInt32(), again.GetProperty("documentsUnchanged").GetInt32()));
        Assert.Equal(["Green tea", "Home"], (await DocumentsAsync(app)).Select(document => document.Title).Order());
    }

    [Fact]
    public async Task Results_grow_while_the_crawl_goes_on()
    {
        var gate = new TaskCompletionSource();
        await using var site = await CrawledSite.OfTestSiteAsync((path, _) => path == "/page/100" ? gate.Task : Task.CompletedTask);
        await using var app = await StartAsync(site);
        var id = await app.Client.CrawlAsync(site, maxPages: 1_000);

        await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);
        var page = await app.Client.GetDataAsync($"v1/api/jobs/{id}/results?limit=1000");
        var some = page.GetProperty("items").EnumerateArray().ToList();
        Assert.NotEmpty(some);
        Assert.Equal("running", (await app.Client.GetDataAsync($"v1/api/jobs/{id}")).Status());
        gate.SetResult();
        await app.Client.WaitForWorkAsync(id);

        var rest = await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results", cursor: page.GetProperty("nextCursor").GetString());
        Assert.Equal(site.Expected, some.Concat(rest).Select(UrlOf).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, "maxPages")]
    [InlineData(3, "maxPages")]
    [InlineData(5, "finished")]
    public async Task Crawl_stores_so_many_pages(int maxPages, string endedBy)
    {
        await using var site = await CrawledSite.StartAsync(new Dictionary<string, string>
        {
            ["/"] = Html("Home", "/a", "/b", "/c"),
            ["/a"] = Html("A"),
            ["/b"] = Html("B"),
            ["/c"] = Html("C"),
        });
        await using var app = await StartAsync(site);

        var result = (await app.Client.WaitForWorkAsync(await app.Client.CrawlAsync(site, maxPages: maxPages))).GetProperty("result");

        Assert.Equal((Math.Min(maxPages, 4), endedBy), (result.GetProperty("pagesCrawled").GetInt32(), result.GetProperty("endedBy").GetString()));
    }

    [Fact]
    public async Task Batch_has_so_many_pages()
    {
        var links = Enumerable.Range(1, WebCrawlingHandler.MaxBatchPages).Select(number => $"/{number}").ToArray();
        await using var site = await CrawledSite.StartAsync(links.ToDictionary(link => link, link => Html(link)).Append(new("/", Html("Home", links))).ToDictionary());
        await using var app = await StartAsync(site);

        var id = await app.Client.CrawlAsync(site);
        await app.Client.WaitForWorkAsync(id);

        var batches = await BatchesAsync(app, id);
        Assert.All(batches, batch => Assert.InRange(batch.Results, 0, WebCrawlingHandler.MaxBatchPages));
        Assert.Equal(links.Length + 1, batches.Sum(batch => batch.Results));
        Assert.True(batches.Count >= 2);
    }

    [Fact]
    public async Task Delay_of_robots_is_kept_and_the_crawl_ends_when_its_time_is_over()
    {
        var time = new ManualTimeProvider();
        var started = time.GetUtcNow();
        await using var site = await SlowSite.StartAsync(time, 20_000);
        await using var app = await StartAsync(site.Site, services => services.AddSingleton<TimeProvider>(time));
        var id = await app.Client.CrawlAsync(site.Site, maxDepth: 10, maxSeconds: 70);

        await site.AdvanceAsync(20_000, 40_000, 60_000, 70_000);

        var result = (await app.Client.WaitForWorkAsync(id)).GetProperty("result");
        Assert.Equal([0, 20, 40, 60], site.Asked.Select(at => (at - started).TotalSeconds));
        Assert.Equal((3, "maxSeconds"), (result.GetProperty("pagesCrawled").GetInt32(), result.GetProperty("endedBy").GetString()));
    }

    [Theory]
    [InlineData(5_000 - 1, 1)]
    [InlineData(5_000 + 1, 2)]
    public async Task Batch_waits_so_long_and_what_is_due_later_is_for_the_next(int delay, int batches)
    {
        var time = new ManualTimeProvider();
        await using var site = await SlowSite.StartAsync(time, delay);
        await using var app = await StartAsync(site.Site, services => services.AddSingleton<TimeProvider>(time));
        var id = await app.Client.CrawlAsync(site.Site, maxPages: 1);

        await site.AdvanceAsync(delay);

        Assert.Equal("completed", (await app.Client.WaitForWorkAsync(id)).Status());
        Assert.Equal(batches, (await BatchesAsync(app, id)).Count);
    }

    [Theory]
    [InlineData(2_500 - 1, 3)]
    [InlineData(2_500 + 1, 2)]
    public async Task Batch_asks_for_nothing_more_after_its_time(int delay, int pagesOfTheFirst)
    {
        var time = new ManualTimeProvider();
        await using var site = await SlowSite.StartAsync(time, delay);
        await using var app = await StartAsync(site.Site, services => services.AddSingleton<TimeProvider>(time));
        var id = await app.Client.CrawlAsync(site.Site, maxPages: 4, maxDepth: 10);

        await site.AdvanceAsync(delay, 2 * delay, 3 * delay, 4 * delay);

        Assert.Equal("completed", (await app.Client.WaitForWorkAsync(id)).Status());
        Assert.Equal(pagesOfTheFirst, (await BatchesAsync(app, id))[0].Results);
    }

    [Fact]
    public async Task Redirects_and_names_that_lead_to_addresses_that_are_not_public_are_refused()
    {
        var time = new ManualTimeProvider();
        await using var inside = await CrawledSite.StartAsync(new Dictionary<string, string> { ["/"] = Html("Secret") });
        var port = inside.Host.Split(':')[1];
        string[] targets =
        [
            "http://169.254.169.254/latest/meta-data/", $"http://{inside.Host}/", $"http://localhost:{port}/", $"http://[::1]:{port}/", $"http://2130706433:{port}/",
            "http://intranet.example.com/", "http://nowhere.example.com/",
        ];
        await using var site = await CrawledSite.StartAsync((_, context) =>
        {
            if (context.Request.Path == "/")
            {
                return context.WriteHtmlAsync(Html("Home", [.. Enumerable.Range(0, targets.Length).Select(number => $"/{number}")]));
            }

            if (int.TryParse(context.Request.Path.Value!.AsSpan(1), out var number))
            {
                context.Response.Redirect(targets[number]);
                return Task.CompletedTask;
            }

            return context.WriteStatusAsync(404);
        });
        var egress = new EgressOptions
        {
            Resolve = (name, cancellation) => name switch
            {
                "intranet.example.com" => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34"), IPAddress.Parse("10.0.0.1")]),
                "nowhere.example.com" => Task.FromException<IPAddress[]>(new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound)),
                _ => Dns.GetHostAddressesAsync(name, cancellation),
            },
        };
        await using var app = await StartAsync(site, services => services.AddSingleton<TimeProvider>(time).AddSingleton(egress));

        var id = await app.Client.CreateJobAsync("web_crawling", new { startUrls = new[] { $"{site.Root}/" }, sameSite = false });
        await AdvanceThroughDelaysAsync(app, time, id);

        var errors = (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors")).ToDictionary(UrlOf, CodeOf);
        // The number is 127.0.0.1 once more, so that it leads to an address that is known already.
        Assert.Equal(["/0", "/1", "/2", "/3", "/5", "/6"], errors.Keys.Select(url => url[site.Root.Length..]).Order());
        Assert.All(errors, error => Assert.Equal(error.Key == $"{site.Root}/6" ? CrawlProblemCodes.NameNotFound : CrawlProblemCodes.Forbidden, error.Value));
        Assert.Empty(inside.Requests);
        Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results"));
    }

    [Fact]
    public async Task Site_on_this_machine_that_no_setting_names_is_refused()
    {
        await using var site = await CrawledSite.StartAsync(new Dictionary<string, string> { ["/"] = Html("Home") });
        await using var other = await CrawledSite.StartAsync(new Dictionary<string, string>());
        await using var app = await StartAsync(other);

        var id = await app.Client.CrawlAsync(site);
        var job = await app.Client.WaitForWorkAsync(id);

        Assert.Equal(
            ("failed", $"No page could be crawled. {site.Root}/: The URL must name a host, not an IP address."),
            (job.Status(), job.GetProperty("error").GetString()));
        Assert.Equal(CrawlProblemCodes.Forbidden, CodeOf(Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors"))));
        Assert.Empty(site.Requests);
    }

    [Fact]
    public async Task Setting_of_hosts_on_this_machine_means_nothing_to_the_app_itself()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new(LocalApp.CrawlHostsSetting, "127.0.0.1:8080"), new("JobsStorage", "UseDevelopmentStorage=true")]);
        builder.AddJobsApp();
        using var host = builder.Build();
        using var web = host.Services.GetRequiredService<PublicWebFactory>().Create("Test");

        Assert.Same(LocalHosts.None, host.Services.GetRequiredService<LocalHosts>());
        await Assert.ThrowsAsync<EgressException>(() => web.GetAsync("http://127.0.0.1:8080/", 1, CancellationToken.None));
    }

    [Fact]
    public async Task Hostile_pages_cost_no_more_than_their_limits_and_do_not_keep_others_from_being_stored()
    {
        var time = new ManualTimeProvider();
        var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes("<title>Bomb</title><p>Boom</p>" + new string(' ', 50_000_000)));
        }

        await using var site = await CrawledSite.StartAsync(async (_, context) =>
        {
            switch (context.Request.Path.Value)
            {
                case "/":
                    await context.WriteHtmlAsync(Html("Home", "/bomb", "/silent", "/headers", "/lie", "/endless", "/deep", "/good"));
                    break;
                case "/good":
                    await context.WriteHtmlAsync(Html("Good"));
                    break;
                case "/bomb":
                    context.Response.ContentType = "text/html";
                    context.Response.Headers.ContentEncoding = "gzip";
                    await context.Response.Body.WriteAsync(bomb.GetBuffer().AsMemory(0, (int)bomb.Length));
                    break;
                case "/silent":
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    break;
                case "/headers":
                    context.Response.Headers["X-Large"] = new string('x', 100_000);
                    break;
                case "/lie":
                    context.Response.ContentType = "text/html";
                    context.Response.Headers.ContentEncoding = "gzip";
                    await context.Response.WriteAsync("not compressed");
                    break;
                case "/endless":
                    context.Response.ContentType = "text/plain";
                    while (!context.RequestAborted.IsCancellationRequested)
                    {
                        await context.Response.WriteAsync(new string('y', 100_000), context.RequestAborted);
                    }

                    break;
                case "/deep":
                    await context.WriteHtmlAsync(string.Concat(Enumerable.Repeat("<div><b>", 200_000)) + "deep");
                    break;
                default:
                    context.Response.StatusCode = 404;
                    break;
            }
        });
        await using var app = await StartAsync(site, services => services.AddSingleton(new EgressOptions { Time = time }));
        var id = await app.Client.CrawlAsync(site);

        // Three times the silent page is waited for, as long as a page may take.
        for (var tries = 1; tries <= CrawlLimits.MaxTries; tries++)
        {
            await WaitUntilAsync(() => site.Requests.Count(path => path == "/silent") == tries);
            await Task.Delay(50);
            time.Advance(EgressLimits.PageTime);
        }

        var job = await app.Client.WaitForWorkAsync(id);
        Assert.Equal("completed", job.Status());
        Assert.Equal(["/", "/bomb", "/deep", "/endless", "/good"], (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results")).Select(page => UrlOf(page)[site.Root.Length..]).Order());
        Assert.Equal(
            [("/headers", CrawlProblemCodes.Malformed), ("/lie", CrawlProblemCodes.Malformed), ("/silent", CrawlProblemCodes.TimedOut)],
            (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors")).Select(error => (UrlOf(error)[site.Root.Length..], CodeOf(error))).Order());
    }

    [Fact]
    public async Task Cancelled_crawl_gives_up_the_request_that_is_under_way_and_keeps_what_it_has()
    {
        var (held, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await CrawledSite.OfTestSiteAsync(async (path, context) =>
        {
            if (path == "/page/100")
            {
                context.RequestAborted.Register(aborted.SetResult);
                held.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        });
        await using var app = await StartAsync(site);
        var id = await app.Client.CrawlAsync(site, maxPages: 1_000);
        await held.Task.WaitAsync(TimeSpan.FromSeconds(90));

        var before = DateTime.UtcNow;
        using var cancel = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);
        Assert.Equal("cancelled", (await app.Client.WaitForWorkAsync(id)).Status());
        output.WriteLine($"Cancelled after {(DateTime.UtcNow - before).TotalMilliseconds:N0} ms.");

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(90));
        var requests = site.Requests.Count;
        var pages = await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results");
        Assert.NotEmpty(pages);
        Assert.Equal(pages.Count, pages.Select(UrlOf).Distinct().Count());
        Assert.Equal(requests, site.Requests.Count);
    }

    [Fact]
    public async Task Crawl_goes_on_in_the_next_process_and_asks_for_nothing_again_that_is_done()
    {
        var data = Path.Combine(Path.GetTempPath(), $"jobs-test-{Guid.NewGuid():N}");
        var gate = new TaskCompletionSource();
        await using var site = await CrawledSite.OfTestSiteAsync((path, context) => path == "/page/100" ? gate.Task.WaitAsync(context.RequestAborted) : Task.CompletedTask);
        try
        {
            string id;
            List<JsonElement> done;
            await using (var app = await TestApp.StartAsync(data: data, arguments: SettingOf(site)))
            {
                id = await app.Client.CrawlAsync(site, maxPages: 1_000);
                await WaitUntilAsync(() => site.Requests.Contains("/page/100"));
                done = [.. (await app.Client.GetDataAsync($"v1/api/jobs/{id}/results?limit=1000")).GetProperty("items").EnumerateArray()];
                Assert.NotEmpty(done);
            }

            var before = site.Requests.Count;
            gate.SetResult();
            await using var next = await TestApp.StartAsync(data: data, arguments: SettingOf(site));
            Assert.Equal("completed", (await next.Client.WaitForWorkAsync(id)).Status());

            Assert.Equal(site.Expected, (await next.Client.ReadAllAsync($"v1/api/jobs/{id}/results")).Select(UrlOf).Order(StringComparer.Ordinal));
            Assert.Empty(site.Requests.Skip(before).Intersect(done.Select(page => UrlOf(page)[site.Root.Length..])));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Rerun_of_only_what_failed_asks_for_those_addresses_alone()
    {
        var pages = new Dictionary<string, string> { ["/"] = Html("Home", "/a", "/b", "/c"), ["/a"] = Html("A") };
        await using var site = await CrawledSite.StartAsync(pages);
        await using var app = await StartAsync(site);
        var id = await app.Client.CrawlAsync(site);
        await app.Client.WaitForWorkAsync(id);
        pages["/b"] = Html("B", "/", "/new");
        pages["/new"] = Html("New");
        var before = site.Requests.Count;

        using var response = await app.Client.PostAsJsonAsync($"v1/api/jobs/{id}/rerun", new { only = "failed" });
        var again = (await response.ReadJsonAsync()).GetProperty("data").GetProperty("id").GetString()!;
        await app.Client.WaitForWorkAsync(again);

        Assert.Equal(["/b", "/c", "/robots.txt"], site.Requests.Skip(before).Order());
        var page = Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{again}/results"));
        Assert.Equal(($"{site.Root}/b", 1), (UrlOf(page), page.GetProperty("depth").GetInt32()));
        Assert.Equal($"{site.Root}/c", UrlOf(Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{again}/errors"))));
    }

    [Fact]
    public async Task Another_organisations_crawl_is_404()
    {
        await using var site = await CrawledSite.StartAsync(new Dictionary<string, string> { ["/"] = Html("Home") });
        await using var app = await StartAsync(site);
        var id = await app.Client.CrawlAsync(site);
        await app.Client.WaitForWorkAsync(id);

        foreach (var path in new[] { "", "/results", "/errors" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await app.OtherTenant.GetAsync($"v1/api/jobs/{id}{path}")).StatusCode);
        }

        foreach (var path in new[] { "/cancel", "/rerun" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await app.OtherTenant.PostAsync($"v1/api/jobs/{id}{path}", null)).StatusCode);
        }

        Assert.Empty(await app.Services.GetRequiredService<DocumentStore>().ListAsync("other", after: null, perPage: 10, CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData("""{}""", "'input.startUrls' must have 1 to 20 addresses.")]
    [InlineData("""{"startUrls":[]}""", "'input.startUrls' must have 1 to 20 addresses.")]
    [InlineData("""{"startUrls":"http://a.example/"}""", "'input.startUrls' is not what it must be: look up this type's input in the documentation.")]
    [InlineData("""{"startUrls":[null]}""", "'input.startUrls[0]' must be an absolute http or https address of at most 2048 characters, without a user name.")]
    [InlineData("""{"startUrls":["http://a.example/","/b"]}""", "'input.startUrls[1]' must be an absolute http or https address of at most 2048 characters, without a user name.")]
    [InlineData("""{"startUrls":["ftp://a.example/"]}""", "'input.startUrls[0]' must be an absolute http or https address of at most 2048 characters, without a user name.")]
    [InlineData("""{"startUrls":["http://u:p@a.example/"]}""", "'input.startUrls[0]' must be an absolute http or https address of at most 2048 characters, without a user name.")]
    [InlineData("""{"startUrls":["http://a.example/"],"maxDepth":-1}""", "'input.maxDepth' must be 0 to 10.")]
    [InlineData("""{"startUrls":["http://a.example/"],"maxDepth":11}""", "'input.maxDepth' must be 0 to 10.")]
    [InlineData("""{"startUrls":["http://a.example/"],"maxPages":0,"maxSeconds":3001}""", "'input.maxPages' must be 1 to 5000. 'input.maxSeconds' must be 1 to 3000.")]
    [InlineData("""{"startUrls":["http://a.example/"],"maxPages":5001,"maxSeconds":0}""", "'input.maxPages' must be 1 to 5000. 'input.maxSeconds' must be 1 to 3000.")]
    [InlineData("""{"startUrls":["http://a.example/"],"maxPages":1.5}""", "'input.maxPages' is not what it must be: look up this type's input in the documentation.")]
    public async Task Input_that_breaks_a_rule_is_400(string input, string message)
    {
        await using var app = await WorkApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/api/jobs", new StringContent($$"""{"type":"web_crawling","input":{{input}}}""", Encoding.UTF8, "application/json"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(message, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(CrawlLimits.MaxStartAddresses, CrawlLimits.MaxAddressCharacters, 202)]
    [InlineData(CrawlLimits.MaxStartAddresses + 1, 100, 400)]
    [InlineData(1, CrawlLimits.MaxAddressCharacters + 1, 400)]
    public async Task Input_may_have_so_many_addresses_of_so_many_characters(int count, int length, int status)
    {
        await using var site = await CrawledSite.StartAsync(new Dictionary<string, string>());
        await using var app = await StartAsync(site);
        var startUrls = Enumerable.Range(0, count).Select(number => $"{site.Root}/{number}/".PadRight(length, 'x')).ToArray();

        using var response = await app.Client.PostJobAsync(
            "web_crawling", new { startUrls, maxDepth = CrawlLimits.MaxDepth, maxPages = CrawlLimits.MaxPages, maxSeconds = WebCrawlingHandler.MaxSeconds });

        Assert.Equal(status, (int)response.StatusCode);
    }

    private static Task<TestApp> StartAsync(CrawledSite site, Action<IServiceCollection>? configure = null) => TestApp.StartAsync(configure, arguments: SettingOf(site));

    private static string[] SettingOf(CrawledSite site) => [$"--{LocalApp.CrawlHostsSetting}", site.Host];

    private static string Html(string title, params string[] links) =>
        $"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>This page is about {title}.</p>{string.Concat(links.Select(link => $"<a href='{link}'>{link}</a> "))}";

    private static string UrlOf(JsonElement item) => item.GetProperty("url").GetString()!;

    private static string CodeOf(JsonElement error) => error.GetProperty("code").GetString()!;

    private static async Task<List<DoneBatch>> BatchesAsync(TestApp app, string jobId) =>
        await app.Services.GetRequiredService<WorkBatchStore>().ListAsync(jobId, from: 0, CancellationToken.None).ToListAsync();

    private static async Task<List<StoredDocument>> DocumentsAsync(TestApp app) =>
        await app.Services.GetRequiredService<DocumentStore>().ListAsync("acme", after: null, perPage: 1_000, CancellationToken.None).ToListAsync();

    private static async Task<ImportedDocument> ReadAsync(TestApp app, StoredDocument document)
    {
        var artifact = await app.Services.GetRequiredService<ArtifactStore>().ReadAsync("acme", document.JobId, document.ContentRef, CancellationToken.None);
        return JsonSerializer.Deserialize<ImportedRow[]>(artifact, JsonSerializerOptions.Web)![document.Position].Document!;
    }

    private static async Task WaitUntilAsync(Func<bool> isThere)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !isThere(); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not come to that.");
        }
    }

    /// <summary>Moves the clock, as long as the job works, to whatever waits for no more than the delay between two requests: while a page is asked for, nothing does.</summary>
    private static async Task AdvanceThroughDelaysAsync(TestApp app, ManualTimeProvider time, string jobId)
    {
        using var stop = new CancellationTokenSource();
        var advancing = AdvanceAsync();
        await app.Client.WaitForWorkAsync(jobId);
        await stop.CancelAsync();
        await advancing;

        async Task AdvanceAsync()
        {
            try
            {
                while (true)
                {
                    await time.AdvanceToTimerWithinAsync(TimeSpan.FromMilliseconds(CrawlLimits.DefaultDelayMilliseconds), stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The job has ended.
            }
        }
    }

    /// <summary>A site whose robots.txt asks for a delay, each of whose pages leads to one other, on a clock of its own.</summary>
    private sealed class SlowSite(ManualTimeProvider time) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<DateTimeOffset> _asked = [];
        private readonly DateTimeOffset _started = time.GetUtcNow();

        public required CrawledSite Site { get; init; }

        /// <summary>When it was asked for something.</summary>
        public IReadOnlyList<DateTimeOffset> Asked => [.. _asked];

        public static async Task<SlowSite> StartAsync(ManualTimeProvider time, int delay)
        {
            SlowSite? slow = null;
            var site = await CrawledSite.StartAsync((_, context) =>
            {
                slow!._asked.Enqueue(time.GetUtcNow());
                return context.Request.Path == "/robots.txt"
                    ? context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"User-agent: *\nCrawl-delay: {delay / 1_000m}"))
                    : context.WriteHtmlAsync(Html(context.Request.Path!, $"{context.Request.Path}x"));
            });
            return slow = new SlowSite(time) { Site = site };
        }

        /// <summary>Moves the clock to each of these milliseconds once the crawl waits for it: it stands still while anything is asked for.</summary>
        public async Task AdvanceAsync(params int[] milliseconds)
        {
            foreach (var (index, millisecond) in milliseconds.Index())
            {
                var due = _started.AddMilliseconds(millisecond);
                await WaitUntilAsync(() => time.HasTimerAt(due) && _asked.Count == index + 1);
                time.Advance(due - time.GetUtcNow());
            }
        }

        public ValueTask DisposeAsync() => Site.DisposeAsync();
    }
}

internal static class CrawlClient
{
    /// <summary>Has a site crawled from its first page, and gives the job's id.</summary>
    public static Task<string> CrawlAsync(this HttpClient client, CrawledSite site, int maxDepth = 3, int maxPages = 100, int maxSeconds = WebCrawlingHandler.MaxSeconds) =>
        client.CreateJobAsync("web_crawling", new { startUrls = new[] { $"{site.Root}/" }, maxDepth, maxPages, maxSeconds });
}
