using Jobs.Execution.Egress;

namespace Jobs.Execution.Tests.Egress;

public sealed class LocalHostsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/", true)]
    [InlineData("http://127.0.0.1:8080/a?b", true)]
    [InlineData("http://SITE.test/", true)]
    [InlineData("http://[::1]:81/", true)]
    [InlineData("http://127.0.0.1:8081/", false)]
    [InlineData("http://127.0.0.1/", false)]
    [InlineData("http://127.0.0.2:8080/", false)]
    [InlineData("http://localhost:8080/", false)]
    [InlineData("https://site.test/", false)]
    [InlineData("http://www.site.test/", false)]
    [InlineData("http://[::1]/", false)]
    public void Host_is_one_only_with_its_very_name_and_port(string address, bool isOne)
    {
        Assert.True(LocalHosts.TryParse(" 127.0.0.1:8080, site.test:80,[::1]:81,", out var hosts, out var error), error);

        Assert.Equal(isOne, hosts.Contains(new Uri(address)));
        Assert.False(LocalHosts.None.Contains(new Uri(address)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:x")]
    [InlineData("127.0.0.1:65536")]
    [InlineData(":80")]
    [InlineData("*:80")]
    [InlineData("127.0.0.0/8:80")]
    [InlineData("http://127.0.0.1:80")]
    [InlineData("a@127.0.0.1:80")]
    [InlineData("site.test:80,::1")]
    public void Text_that_is_no_list_of_hosts_with_ports_is_refused(string text)
    {
        Assert.False(LocalHosts.TryParse(text, out var hosts, out var error));

        Assert.Null(hosts);
        Assert.EndsWith("is not a host with a port, such as 127.0.0.1:8080.", error);
    }

    [Fact]
    public void Text_of_nothing_names_no_host()
    {
        Assert.True(LocalHosts.TryParse("", out var hosts, out _));

        Assert.False(hosts.Contains(new Uri("http://127.0.0.1/")));
    }
}
