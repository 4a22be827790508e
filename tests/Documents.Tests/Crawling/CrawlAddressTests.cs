using Jobs.Documents.Crawling;

namespace Jobs.Documents.Tests.Crawling;

public sealed class CrawlAddressTests
{
    [Theory]
    [InlineData("HTTP://Site.TEST:80/A/../b/./c#f", "http://site.test/b/c")]
    [InlineData("https://site.test:443", "https://site.test/")]
    [InlineData("https://site.test:8443/", "https://site.test:8443/")]
    [InlineData("https://site.test./x", "https://site.test/x")]
    [InlineData(" https://site.test/%7euser/%c3%a4%2f ", "https://site.test/~user/%C3%A4%2F")]
    [InlineData("https://site.test/ä b", "https://site.test/%C3%A4%20b")]
    [InlineData("https://bücher.test/", "https://xn--bcher-kva.test/")]
    [InlineData("https://site.test/?", "https://site.test/")]
    [InlineData("https://site.test/?b=2&a=1&&UTM_Source=x&gclid=1&fbclid=2&utm_campaign", "https://site.test/?b=2&a=1")]
    [InlineData("https://site.test/?utmost=1&a", "https://site.test/?utmost=1&a")]
    [InlineData("https://site.test/?utm_x=1#f", "https://site.test/")]
    [InlineData("https://site.test//a//b", "https://site.test//a//b")]
    [InlineData("https://[::1]:81/x", "https://[::1]:81/x")]
    public void Address_becomes(string address, string normalised)
    {
        Assert.Equal(normalised, CrawlAddress.Normalise(address, null));
        Assert.Equal(normalised, CrawlAddress.Normalise(normalised, null));
    }

    [Theory]
    [InlineData("/x", "https://site.test/x")]
    [InlineData("//other.test/x", "https://other.test/x")]
    [InlineData("x?y", "https://site.test/folder/x?y")]
    [InlineData("../../../x", "https://site.test/x")]
    [InlineData("", "https://site.test/folder/page")]
    public void Relative_address_becomes(string address, string normalised) =>
        Assert.Equal(normalised, CrawlAddress.Normalise(address, new Uri("https://site.test/folder/page")));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("x")]
    [InlineData("//site.test/x")]
    [InlineData("ftp://site.test/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://user@site.test/")]
    [InlineData("https://user:password@site.test/")]
    [InlineData("https://[/")]
    public void What_is_no_address_of_a_page_is_none(string? address) => Assert.Null(CrawlAddress.Normalise(address, null));

    [Theory]
    [InlineData(CrawlLimits.MaxAddressCharacters, true)]
    [InlineData(CrawlLimits.MaxAddressCharacters + 1, false)]
    public void Address_is_taken_up_to_the_limit(int length, bool isTaken) => Assert.Equal(isTaken, CrawlAddress.Normalise("https://site.test/".PadRight(length, 'x'), null) is not null);

    [Theory]
    [InlineData("http://www.site.test/x", "site.test")]
    [InlineData("https://site.test/", "site.test")]
    [InlineData("https://blog.site.test/", "blog.site.test")]
    [InlineData("http://site.test:8080/", "site.test:8080")]
    public void Site_is_the_host_without_www(string address, string site) => Assert.Equal(site, CrawlAddress.SiteOf(address));
}
