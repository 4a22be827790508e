using System.Globalization;
using System.Text;

namespace Jobs.Documents.Tests.Crawling;

/// <summary>What a site answers.</summary>
internal sealed record TestResponse(int Status, string? ContentType, byte[] Body)
{
    public string? Location { get; init; }

    public string? RobotsTag { get; init; }

    /// <summary>True for a connection that gives no answer.</summary>
    public bool IsSilent { get; init; }

    public static TestResponse Html(string html) => new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(html));

    public static TestResponse Redirect(string location) => new(302, null, []) { Location = location };
}

/// <summary>A site of 200 pages, and of all that makes crawlers run in circles, as a function of the path: it is served from memory and by a real server alike.</summary>
internal static class TestSite
{
    public const string Root = "http://site.test";

    /// <summary>How many pages there are to be found.</summary>
    public const int Pages = 200;

    private const int Sections = 10;
    private const int Ordinary = 177;

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private static readonly string[] Vocabulary =
        "river stone cloud engine letter market window garden silver copper bridge planet forest number winter summer castle harbor signal ticket orange violet carbon memory logic"
            .Split(' ');

    /// <summary>The addresses of all pages that a crawl of depth 3 returns.</summary>
    public static IEnumerable<string> Expected =>
    [
        $"{Root}/",
        .. Enumerable.Range(0, Sections).Select(i => $"{Root}/section/{i}"),
        .. Enumerable.Range(0, Ordinary).Select(i => $"{Root}/page/{i}"),
        .. new[] { "/notes.txt", "/readme.md", "/charset/latin1", "/charset/wrong", "/charset/utf16", "/broken", "/huge", "/links", "/original", "/calendar/2026/01/01", "/deep/x", "/filter?page=0" }
            .Select(path => Root + path),
    ];

    /// <summary>Text that has nothing in common with that of another number but its words.</summary>
    public static string Words(int number, int count)
    {
        var random = new Random(number);
        return string.Join(' ', Enumerable.Range(0, count).Select(_ => Vocabulary[random.Next(Vocabulary.Length)]));
    }

    /// <summary>Answers a request by GET for a path with its query.</summary>
    public static TestResponse Answer(string pathAndQuery)
    {
        var segments = pathAndQuery.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments switch
        {
            [] => Home(),
            ["robots.txt"] => new TestResponse(200, "text/plain", Encoding.UTF8.GetBytes(
                "User-agent: *\nDisallow: /private\nAllow: /private/open$\nCrawl-delay: 0\nSitemap: http://site.test/sitemap.xml\n")),
            ["sitemap.xml"] => new TestResponse(200, "application/xml", Encoding.UTF8.GetBytes(
                $"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{Root}/page/0</loc></url><url><loc>http://other.test/</loc></url></urlset>")),
            ["section", var i] => Section(Int(i)),
            ["page", var i] => Page($"Page {i}", Words(1_000 + Int(i), 120), "<a href=/>home</a> <a href='/page/0?utm_source=x#part'>first</a>"),
            ["notes.txt"] => new TestResponse(200, "text/plain", Encoding.UTF8.GetBytes("Notes *as* they are\r\n" + Words(1, 80))),
            ["readme.md"] => new TestResponse(200, "text/markdown; charset=utf-8", Encoding.UTF8.GetBytes("# Read me\n\n" + Words(2, 80))),
            ["charset", "latin1"] => new TestResponse(200, "text/html", Windows1252.GetBytes($"<title>Käse</title><p>größer {Words(3, 80)}")),
            ["charset", "wrong"] => new TestResponse(200, "text/html; charset=utf-8", Windows1252.GetBytes($"<title>Wurst</title><p>süßer {Words(4, 80)}")),
            ["charset", "utf16"] => new TestResponse(200, "text/html", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes($"<title>Breit</title><p>weiß {Words(5, 80)}")]),
            ["broken"] => TestResponse.Html($"<title>Broken</title><div><p>{Words(6, 80)}<b><i></b><table><td>x</div></p><a href=\"/page/1"),
            ["huge"] => TestResponse.Html($"<title>Huge</title><p>{Words(7, 80)}</p>" + new string(' ', 3_000_000) + "<a href=/private/never-seen>x</a>"),
            ["links"] => Page("Links", Words(8, 80), string.Concat(Enumerable.Range(0, 10_000).Select(i => $"<a href='/page/{i % Ordinary}#{i}'>{i}</a> "))),
            ["original"] => Page("Original", Words(9, 200)),
            ["copy"] => Page("Original", Words(9, 200)),
            ["canonical"] => TestResponse.Html($"<title>Copy</title><link rel=canonical href=/original><p>{Words(9, 200)} with another end"),
            ["near"] => Page("Original", Words(9, 200) + " zebra"),
            ["noindex"] => TestResponse.Html($"<meta name=robots content=noindex><p>{Words(10, 80)}</p><a href=/page/2>x</a>"),
            ["noindexheader"] => Page("Header", Words(11, 80)) with { RobotsTag = "noindex" },
            ["report.pdf"] => new TestResponse(200, "application/pdf", "%PDF-1.7"u8.ToArray()),
            ["download"] => new TestResponse(200, "application/pdf", "%PDF-1.7"u8.ToArray()),
            ["binary"] => new TestResponse(200, "application/octet-stream", [0, 1, 2]),
            ["redirect", "page"] => TestResponse.Redirect("/page/3"),
            ["redirect", "self"] => TestResponse.Redirect("/redirect/self"),
            ["redirect", "a"] => TestResponse.Redirect("b"),
            ["redirect", "b"] => TestResponse.Redirect($"{Root}/redirect/a"),
            ["redirect", "chain", var i] => TestResponse.Redirect($"/redirect/chain/{Int(i) + 1}"),
            ["redirect", "out"] => TestResponse.Redirect("http://other.test/"),
            ["redirect", "metadata"] => TestResponse.Redirect("http://169.254.169.254/latest/meta-data/"),
            ["redirect", "file"] => TestResponse.Redirect("file:///etc/passwd"),
            ["slow"] => new TestResponse(0, null, []) { IsSilent = true },
            ["error"] => new TestResponse(500, "text/plain", []),
            ["calendar", var year, var month, var day] => Calendar(new DateTime(Int(year), Int(month), Int(day), 0, 0, 0, DateTimeKind.Utc)),
            ["deep", ..] => Page("Deep", Words(12, 80), $"<a href='{pathAndQuery}/x'>deeper</a>"),
            ["filter"] => Page("Filter", Words(13, 80), string.Concat(Enumerable.Range(0, 100).Select(i => $"<a href='/filter?page={i}'>{i}</a> "))),
            _ => new TestResponse(404, "text/html", "<p>Not here"u8.ToArray()),
        };
    }

    private static TestResponse Home() => Page("Home", Words(0, 120), string.Concat(
        Enumerable.Range(0, Sections).Select(i => $"<a href='/section/{i}'>Section {i}</a> ")
            .Concat(new[]
            {
                "/notes.txt", "/readme.md", "/charset/latin1", "/charset/wrong", "/charset/utf16", "/broken", "/huge", "/links", "/original", "/copy", "/canonical", "/near", "/noindex",
                "/noindexheader", "/report.pdf", "/download", "/binary", "/logo.png", "/redirect/page", "/redirect/self", "/redirect/a", "/redirect/chain/1", "/redirect/out",
                "/redirect/metadata", "/redirect/file", "/slow", "/error", "/missing", "/private/x", "/private/open", "/calendar/2026/01/01", "/deep/x", "/filter?page=0", "http://other.test/",
                "mailto:a@site.test", "HTTP://SITE.test:80/section/../section/0", "/page/4?",
            }.Select(href => $"<a href='{href}'>{href}</a> "))
            .Append("<a rel=nofollow href=/hidden>hidden</a>")));

    private static TestResponse Section(int section) => section >= Sections ? new TestResponse(404, null, []) : Page(
        $"Section {section}",
        Words(100 + section, 120),
        string.Concat(Enumerable.Range(0, Ordinary).Where(i => i % Sections == section).Select(i => $"<li><a href='../page/{i}'>Page {i}</a>")));

    private static TestResponse Calendar(DateTime day) => Page(
        "Calendar",
        Words(14, 200),
        string.Concat(Enumerable.Range(1, 50).Select(i => $"<a href='/calendar/{day.AddDays(i).ToString("yyyy/MM/dd", CultureInfo.InvariantCulture)}'>+{i}</a> ")));

    private static TestResponse Page(string title, string text, string links = "") =>
        TestResponse.Html($"<!doctype html><html lang=en><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p><nav>{links}</nav></body></html>");

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
