using System.Text;
using Jobs.Documents.Crawling;

namespace Jobs.Documents.Tests.Crawling;

public sealed class RobotsTests
{
    /// <summary>RFC 9309, section 5.1.</summary>
    private const string SimpleExample = """
        User-Agent: *
        Disallow: *.gif$
        Disallow: /example/
        Allow: /publications/

        User-Agent: foobot
        Disallow:/
        Allow:/example/page.html
        Allow:/example/allowed.gif

        User-Agent: barbot
        User-Agent: bazbot
        Disallow: /example/page.html

        User-Agent: quxbot
        """;

    [Theory]
    [InlineData("anybot", "/publications/x", true)]
    [InlineData("anybot", "/example/x", false)]
    [InlineData("anybot", "/a/b.gif", false)]
    [InlineData("anybot", "/a/b.gif?x", true)]
    [InlineData("anybot", "/other", true)]
    [InlineData("foobot", "/", false)]
    [InlineData("foobot", "/example/page.html", true)]
    [InlineData("FooBot", "/example/allowed.gif", true)]
    [InlineData("foobot", "/publications/x", false)]
    [InlineData("barbot", "/example/page.html", false)]
    [InlineData("bazbot", "/example/page.html", false)]
    [InlineData("bazbot", "/example/other.gif", true)]
    [InlineData("quxbot", "/example/page.html", true)]
    public void Simple_example_of_the_rfc(string crawler, string path, bool isAllowed) => Assert.Equal(isAllowed, Parse(SimpleExample, crawler).Rules.IsAllowed(path));

    /// <summary>RFC 9309, section 5.2.</summary>
    [Fact]
    public void Longest_match_of_the_rfc()
    {
        var rules = Parse("User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif", "foobot").Rules;

        Assert.False(rules.IsAllowed("/example/page/disallowed.gif"));
        Assert.True(rules.IsAllowed("/example/page/x"));
    }

    /// <summary>RFC 9309, section 2.2.2: the examples of matching encoded paths, and section 2.2.3: stars and ends as such.</summary>
    [Theory]
    [InlineData("/foo/bar?baz=quz", "/foo/bar?baz=quz", true)]
    [InlineData("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", true)]
    [InlineData("/foo/bar/\u30C4", "/foo/bar/%E3%83%84", true)]
    [InlineData("/foo/bar/%E3%83%84", "/foo/bar/\u30C4", true)]
    [InlineData("/foo/bar/%62%61%7A", "/foo/bar/baz", true)]
    [InlineData("/this/path/exactly$", "/this/path/exactly", true)]
    [InlineData("/this/path/exactly$", "/this/path/exactly/not", false)]
    [InlineData("/this/*/exactly", "/this/or/that/exactly", true)]
    [InlineData("/file-with-a-%2A.html", "/file-with-a-*.html", true)]
    [InlineData("/file-with-a-%2A.html", "/file-with-a-x.html", false)]
    [InlineData("/foo-%24", "/foo-$", true)]
    [InlineData("/a%3Cd.html", "/a%3cd.html", true)]
    // Google's table of matching paths.
    [InlineData("/", "/anything", true)]
    [InlineData("/*", "/anything", true)]
    [InlineData("/$", "/", true)]
    [InlineData("/$", "/x", false)]
    [InlineData("/fish", "/fish", true)]
    [InlineData("/fish", "/fish.html", true)]
    [InlineData("/fish", "/fish/salmon.html", true)]
    [InlineData("/fish", "/fishheads/yummy.html", true)]
    [InlineData("/fish", "/fish.php?id=anything", true)]
    [InlineData("/fish", "/Fish.asp", false)]
    [InlineData("/fish", "/catfish", false)]
    [InlineData("/fish", "/?id=fish", false)]
    [InlineData("/fish", "/desert/fish", false)]
    [InlineData("/fish*", "/fishheads", true)]
    [InlineData("/fish*", "/catfish", false)]
    [InlineData("/fish/", "/fish/", true)]
    [InlineData("/fish/", "/fish/?id=anything", true)]
    [InlineData("/fish/", "/fish/salmon.htm", true)]
    [InlineData("/fish/", "/fish", false)]
    [InlineData("/fish/", "/fish.html", false)]
    [InlineData("/fish/", "/animals/fish/", false)]
    [InlineData("/*.php", "/index.php", true)]
    [InlineData("/*.php", "/filename.php", true)]
    [InlineData("/*.php", "/folder/filename.php?parameters", true)]
    [InlineData("/*.php", "/folder/any.php.file.html", true)]
    [InlineData("/*.php", "/filename.php/", true)]
    [InlineData("/*.php", "/", false)]
    [InlineData("/*.php", "/windows.PHP", false)]
    [InlineData("/*.php$", "/filename.php", true)]
    [InlineData("/*.php$", "/folder/filename.php", true)]
    [InlineData("/*.php$", "/filename.php?parameters", false)]
    [InlineData("/*.php$", "/filename.php/", false)]
    [InlineData("/*.php$", "/filename.php5", false)]
    [InlineData("/*.php$", "/windows.PHP", false)]
    [InlineData("/fish*.php", "/fish.php", true)]
    [InlineData("/fish*.php", "/fishheads/catfish.php?parameters", true)]
    [InlineData("/fish*.php", "/Fish.PHP", false)]
    [InlineData("/a*a*b$", "/aab", true)]
    [InlineData("/a*b$", "/ab/ab", true)]
    [InlineData("/*", "", false)]
    public void Pattern_fits_path(string pattern, string path, bool fits) =>
        Assert.Equal(!fits, Parse($"User-agent: *\nDisallow: {pattern}").Rules.IsAllowed(path));

    /// <summary>Google's table of which rule decides.</summary>
    [Theory]
    [InlineData("allow: /p\ndisallow: /", "/page", true)]
    [InlineData("allow: /folder\ndisallow: /folder", "/folder/page", true)]
    [InlineData("allow: /page\ndisallow: /*.htm", "/page.htm", false)]
    [InlineData("allow: /page\ndisallow: /*.ph", "/page.php5", true)]
    [InlineData("allow: /$\ndisallow: /", "/", true)]
    [InlineData("allow: /$\ndisallow: /", "/page.htm", false)]
    public void Most_specific_rule_decides(string rules, string path, bool isAllowed) => Assert.Equal(isAllowed, Parse($"user-agent: *\n{rules}").Rules.IsAllowed(path));

    [Fact]
    public void Groups_for_one_crawler_are_one_and_those_for_all_are_for_the_others()
    {
        var rules = Parse("\uFEFFuser-agent: jobscrawler/2.0 (x)\r\ndisallow: /a # comment\r\n\r\nuser-agent: *\rdisallow: /b\n\nUSER-AGENT : JobsCrawler\nnonsense\nDisallow : /c\nDisallow:").Rules;

        Assert.False(rules.IsAllowed("/a"));
        Assert.True(rules.IsAllowed("/b"));
        Assert.False(rules.IsAllowed("/c"));
    }

    [Fact]
    public void Robots_file_itself_may_always_be_read() => Assert.True(RobotsRules.DisallowAll.IsAllowed("/robots.txt"));

    [Fact]
    public void Rules_outside_of_a_group_say_nothing() => Assert.True(Parse("Disallow: /\nUser-agent: other\nDisallow: /").Rules.IsAllowed("/x"));

    [Theory]
    [InlineData("1.5", 1_500)]
    [InlineData("0", 0)]
    [InlineData("30", CrawlLimits.MaxDelayMilliseconds)]
    [InlineData("31", CrawlLimits.MaxDelayMilliseconds)]
    [InlineData("1e9", null)]
    [InlineData("-1", null)]
    [InlineData("soon", null)]
    public void Crawl_delay_is_read_up_to_the_limit(string text, int? milliseconds) =>
        Assert.Equal(milliseconds, Parse($"user-agent: *\ncrawl-delay: {text}").Rules.DelayMilliseconds);

    [Fact]
    public void Crawl_delay_ends_the_names_of_a_group() =>
        Assert.True(Parse("user-agent: jobscrawler\ncrawl-delay: 1\nuser-agent: other\ndisallow: /").Rules.IsAllowed("/x"));

    [Theory]
    [InlineData(CrawlLimits.MaxSitemaps)]
    [InlineData(CrawlLimits.MaxSitemaps + 1)]
    public void Sitemaps_are_read_up_to_the_limit(int count)
    {
        var file = Parse(string.Concat(Enumerable.Range(0, count).Select(i => $"Sitemap: https://site.test/{i}.xml\n")));

        Assert.Equal(CrawlLimits.MaxSitemaps, file.Sitemaps.Count);
        Assert.Equal("https://site.test/0.xml", file.Sitemaps[0]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void File_is_read_up_to_the_limit(int beyond, bool isAllowed)
    {
        const string Rule = "\ndisallow: /x";
        var robots = "user-agent: *\n".PadRight(CrawlLimits.MaxRobotsBytes - Rule.Length + beyond, '#') + Rule;

        Assert.Equal(isAllowed, Parse(robots).Rules.IsAllowed("/x"));
    }

    [Theory]
    [InlineData(CrawlLimits.MaxRobotsRules, false)]
    [InlineData(CrawlLimits.MaxRobotsRules + 1, true)]
    public void Host_with_too_many_rules_is_not_crawled(int rules, bool isTooLarge)
    {
        var file = Parse("user-agent: *\n" + string.Concat(Enumerable.Range(0, rules).Select(i => $"disallow: /{i}\n")));

        Assert.Equal(isTooLarge, file.IsTooLarge);
        Assert.Equal(!isTooLarge, file.Rules.IsAllowed("/x"));
    }

    [Theory]
    [InlineData(CrawlLimits.MaxRobotsCharacters, false)]
    [InlineData(CrawlLimits.MaxRobotsCharacters + 1, true)]
    public void Host_with_too_long_rules_is_not_crawled(int characters, bool isTooLarge) =>
        Assert.Equal(isTooLarge, Parse("user-agent: *\ndisallow: /".PadRight("user-agent: *\ndisallow: ".Length + characters, 'x')).IsTooLarge);

    [Fact]
    public void Hostile_patterns_cost_little()
    {
        var rules = Parse("user-agent: *\n" + string.Concat(Enumerable.Repeat("disallow: " + string.Concat(Enumerable.Repeat("*a", 100)) + "b$\n", 150))).Rules;
        var path = "/" + new string('a', 2_000);
        var before = ThreadTime.Now;

        for (var i = 0; i < 100; i++)
        {
            Assert.True(rules.IsAllowed(path));
        }

        Assert.InRange(ThreadTime.Now - before, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static RobotsFile Parse(string text, string crawler = "JobsCrawler") => RobotsFile.Parse(Encoding.UTF8.GetBytes(text), crawler);
}
