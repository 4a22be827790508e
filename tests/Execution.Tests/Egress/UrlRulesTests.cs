using Jobs.Execution.Egress;

namespace Jobs.Execution.Tests.Egress;

public sealed class UrlRulesTests
{
    [Theory]
    [InlineData("https://api.example.com", "https://api.example.com/")]
    [InlineData("HTTPS://API.Example.COM:443/a?b=c#d", "https://api.example.com/a?b=c")]
    [InlineData("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC")]
    [InlineData("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/")]
    [InlineData("https://1.example.com/a@b:c", "https://1.example.com/a@b:c")]
    [InlineData("https://api.example.com?x=@y", "https://api.example.com/?x=@y")]
    public void Url_that_can_be_called_is_read(string url, string expected)
    {
        Assert.True(UrlRules.TryRead(url, out var uri, out var error), error);
        Assert.Equal(expected, $"https://{uri.IdnHost}{uri.PathAndQuery}");
        Assert.Empty(uri.Fragment);
    }

    [Theory]
    [InlineData("http://api.example.com/a", true)]
    [InlineData("HTTP://api.example.com:80/", true)]
    [InlineData("https://api.example.com/", true)]
    [InlineData("http://api.example.com:443/", false)]
    [InlineData("http://127.0.0.1/", false)]
    [InlineData("http://localhost/", false)]
    [InlineData("http:///api.example.com/", false)]
    [InlineData("ftp://api.example.com/", false)]
    public void Http_can_be_called_where_it_is_asked_for(string url, bool isRead)
    {
        Assert.Equal(isRead, UrlRules.TryRead(url, out _, out _, orHttp: true));
        Assert.Equal(isRead && url.StartsWith("https", StringComparison.Ordinal), UrlRules.TryRead(url, out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/path")]
    [InlineData("//api.example.com/")]
    [InlineData("api.example.com")]
    [InlineData("https:")]
    [InlineData("https:/api.example.com/")]
    [InlineData("https:api.example.com/")]
    [InlineData("https:///api.example.com/")]
    [InlineData("https://")]
    [InlineData("http://api.example.com/")]
    [InlineData("ftp://api.example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("data:text/plain,x")]
    [InlineData("javascript:alert(1)")]
    [InlineData("gopher://api.example.com/")]
    [InlineData("blob:https://api.example.com/x")]
    public void Url_of_another_scheme_or_none_is_refused(string url) => AssertRefused(url);

    [Theory]
    [InlineData("https://user@api.example.com/")]
    [InlineData("https://user:password@api.example.com/")]
    [InlineData("https://@api.example.com/")]
    [InlineData("https://:@api.example.com/")]
    [InlineData("https://api.example.com@evil.example/")]
    [InlineData("https://api.example.com%40evil.example/")]
    [InlineData("https://api.example.com:443@evil.example/")]
    [InlineData("https://evil.example\\@api.example.com/")]
    [InlineData("https://evil.example\\.api.example.com/")]
    [InlineData("https://api.example.com\\/")]
    public void Url_with_a_user_or_a_backslash_is_refused(string url) => AssertRefused(url);

    [Theory]
    [InlineData("https://api.example.com:80/")]
    [InlineData("https://api.example.com:8443/")]
    [InlineData("https://api.example.com:22/")]
    [InlineData("https://api.example.com:0/")]
    [InlineData("https://api.example.com:442/")]
    [InlineData("https://api.example.com:65979/")] // 443 modulo 65,536
    [InlineData("https://api.example.com:443:443/")]
    [InlineData("https://api.example.com:-443/")]
    [InlineData("https://api.example.com:443x/")]
    public void Url_with_another_port_is_refused(string url) => AssertRefused(url);

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0x7f.0x0.0x0.0x1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://00000177.1/")]
    [InlineData("https://4294967297/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://127.0.0.1.5/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[0:0:0:0:0:ffff:127.0.0.1]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://[2606:4700::1111]/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://１２７.0.0.1/")]
    public void Url_with_an_address_in_any_spelling_is_refused(string url) => AssertRefused(url);

    [Theory]
    [InlineData("https://localhost/")]
    [InlineData("https://api.example.com./")]
    [InlineData("https://api..example.com/")]
    [InlineData("https://.example.com/")]
    [InlineData("https://-api.example.com/")]
    [InlineData("https://api-.example.com/")]
    [InlineData("https://a_b.example.com/")]
    [InlineData("https://ex%61mple.com/")]
    [InlineData("https://api.example.com%00.evil.example/")]
    [InlineData("https://api.example.com%2eevil.example/")]
    [InlineData("https://api.example.com /")]
    [InlineData("https://api.example.com\t/")]
    [InlineData("https://api.exam\nple.com/")]
    [InlineData("https://api.example.com/\r\nX: y")]
    [InlineData("https://api.example.com/\0")]
    [InlineData(" https://api.example.com/")]
    [InlineData("https://api.example.com/ ")]
    [InlineData("https://*.example.com/")]
    public void Url_with_a_host_or_character_that_readers_disagree_about_is_refused(string url) => AssertRefused(url);

    [Fact]
    public void Url_may_have_as_many_characters_as_the_limit_says_and_not_one_more()
    {
        var longest = "https://api.example.com/".PadRight(UrlRules.MaxLength, 'x');

        Assert.True(UrlRules.TryRead(longest, out _, out _));
        AssertRefused(longest + "x");
    }

    [Theory]
    [InlineData("api.example.com", "api.example.com")]
    [InlineData("API.Example.COM", "api.example.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("a-b.1.example", "a-b.1.example")]
    public void Host_name_is_brought_into_one_form(string text, string expected)
    {
        Assert.True(HostName.TryNormalise(text, out var name, out var error), error);
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("api.example.com.")]
    [InlineData("*.example.com")]
    [InlineData("https://api.example.com")]
    [InlineData("api.example.com:443")]
    [InlineData("api.example.com/x")]
    [InlineData("user@api.example.com")]
    [InlineData("api.example.com?x")]
    [InlineData("api.example.com#x")]
    [InlineData("api example.com")]
    [InlineData("api.example.com\n")]
    [InlineData("api\u3000.example.com")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0x7f.1")]
    [InlineData("2130706433")]
    [InlineData("127.0.0.1.5")]
    [InlineData("[::1]")]
    [InlineData("::1")]
    [InlineData("-a.example")]
    [InlineData("a_b.example")]
    [InlineData("a..example")]
    public void Host_name_of_another_form_is_refused(string text)
    {
        Assert.False(HostName.TryNormalise(text, out var name, out var error));
        Assert.Null(name);
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Host_name_may_be_as_long_as_the_limits_say_and_not_longer()
    {
        var label = new string('a', 63);
        var longest = $"{label}.{label}.{label}.{new string('a', 61)}";

        Assert.Equal(HostName.MaxLength, longest.Length);
        Assert.True(HostName.TryNormalise(longest, out _, out _));
        Assert.False(HostName.TryNormalise($"{longest}a", out _, out _));
        Assert.True(HostName.TryNormalise($"{label}.example", out _, out _));
        Assert.False(HostName.TryNormalise($"{label}a.example", out _, out _));
    }

    [Fact]
    public void Url_with_half_a_character_is_refused() => AssertRefused("https://api.example.com/\ud800");

    [Fact]
    public void Url_with_digits_of_another_script_is_a_name_and_no_address()
    {
        // Browsers read 127.0.0.1 here; we call exactly what is granted, and in its ASCII form nobody can have been granted this by mistake.
        Assert.True(UrlRules.TryRead("https://①②⑦.⓪.⓪.①/", out var uri, out _));
        Assert.StartsWith("xn--", uri.IdnHost);
    }

    private static void AssertRefused(string url)
    {
        Assert.False(UrlRules.TryRead(url, out var uri, out var error), $"{url} was read as {uri}");
        Assert.Null(uri);
        Assert.NotEmpty(error);
    }
}
