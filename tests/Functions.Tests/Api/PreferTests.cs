using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Tests.Api;

public sealed class PreferTests
{
    [Theory]
    [InlineData("wait=1", 1)]
    [InlineData("wait=30", Prefer.MaxWait)]
    [InlineData("wait=31", Prefer.MaxWait)]
    [InlineData("wait=99999999999999999999", Prefer.MaxWait)]
    [InlineData("Wait = \"10\"", 10)]
    [InlineData("wait=10; foo=bar", 10)]
    [InlineData("respond-async, wait=10, handling=lenient", 10)]
    [InlineData("handling=\"a, wait=3\", wait=10", 10)]
    [InlineData("wait=5, wait=10", 5)]
    [InlineData("wait=0", null)]
    [InlineData("wait=-1", null)]
    [InlineData("wait=1.5", null)]
    [InlineData("wait=x", null)]
    [InlineData("wait=", null)]
    [InlineData("wait", null)]
    [InlineData("waiting=10", null)]
    [InlineData("", null)]
    public void Wait_is_a_whole_number_of_seconds_or_ignored(string header, int? expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["Prefer"] = header;

        Assert.Equal(expected, Prefer.Wait(context.Request));
    }

    [Fact]
    public void Wait_may_stand_in_a_header_of_its_own()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["Prefer"] = new[] { "respond-async", "wait=10" };

        Assert.Equal(10, Prefer.Wait(context.Request));
        Assert.Null(Prefer.Wait(new DefaultHttpContext().Request));
    }
}
