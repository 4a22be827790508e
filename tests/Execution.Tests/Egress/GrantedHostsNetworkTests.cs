using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Egress;
using Microsoft.AspNetCore.Http;

namespace Jobs.Execution.Tests.Egress;

public sealed class GrantedHostsNetworkTests
{
    private const string Url = $"https://{TlsServer.Host}/";

    [Fact]
    public async Task Request_reaches_a_granted_host_and_its_answer_comes_back_whole()
    {
        await using var server = await TlsServer.StartAsync(async http =>
        {
            http.Response.StatusCode = 418;
            http.Response.Headers.Append("X-Twice", "1");
            http.Response.Headers.Append("X-Twice", "2");
            http.Response.Headers["X-Latin"] = "é";
            using var reader = new StreamReader(http.Request.Body);
            await http.Response.WriteAsync(
                $"{http.Request.Method} {http.Request.Host} {http.Request.Path}{http.Request.QueryString} {http.Request.ContentType} {http.Request.Headers["X-Own"]} {await reader.ReadToEndAsync()}");
        });
        using var network = Network(server);

        var response = await network.SendAsync(
            Request($"{Url}a/b?c=d#e", "POST", "body", ("Content-Type", "text/x-own"), ("X-Own", "value")), CancellationToken.None);

        Assert.Equal(418, response.Status);
        Assert.Equal($"{Url}a/b?c=d", response.Url);
        Assert.Equal("POST api.example.com /a/b?c=d text/x-own value body", Text(response));
        Assert.Contains(response.Headers, header => header is { Key: "X-Latin", Value: "é" });
        Assert.Equal(["1", "2"], response.Headers.Where(header => header.Key == "X-Twice").Select(header => header.Value));
        Assert.DoesNotContain(response.Headers, header => header.Key is "Transfer-Encoding" or "Connection");
        Assert.Equal(["93.184.216.34:443"], server.Connected);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("get")]
    public async Task Method_that_is_allowed_is_sent(string method)
    {
        string? seen = null;
        await using var server = await TlsServer.StartAsync(http =>
        {
            seen = http.Request.Method;
            return Task.CompletedTask;
        });
        using var network = Network(server);

        Assert.Equal(200, (await network.SendAsync(Request(Url, method), CancellationToken.None)).Status);
        Assert.Equal(method.ToUpperInvariant(), seen);
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("TRACE")]
    [InlineData("TRACK")]
    [InlineData("PURGE")]
    [InlineData("")]
    [InlineData("GET ")]
    [InlineData("GET / HTTP/1.1\r\nX: y\r\n\r\nGET")]
    [InlineData("GET\n")]
    [InlineData("GΕT")] // a Greek letter
    public Task Method_that_is_not_allowed_is_refused(string method) => AssertRefusedAsync(Request(Url, method), "methods");

    [Theory]
    [InlineData("X-Own", "a\r\nX-Evil: 1", "cannot be sent")]
    [InlineData("X-Own", "a\nX-Evil: 1", "cannot be sent")]
    [InlineData("X-Own", "a\rX-Evil: 1", "cannot be sent")]
    [InlineData("X-Own", "a\0", "cannot be sent")]
    [InlineData("X-Own", "a\x7f", "cannot be sent")]
    [InlineData("X-Own", "嘊嘍X-Evil: 1", "cannot be sent")] // whose low bytes are CR and LF
    [InlineData("X-Own: a\r\nX-Evil", "1", "not valid")]
    [InlineData("X-Own\n", "1", "not valid")]
    [InlineData("X Own", "1", "not valid")]
    [InlineData("X-Ówn", "1", "not valid")]
    [InlineData(":authority", "1", "not valid")]
    [InlineData("", "1", "not valid")]
    [InlineData("Host", "169.254.169.254", "Host")]
    [InlineData("host", TlsServer.Other, "host")]
    [InlineData("Connection", "X-Own", "Connection")]
    [InlineData("Keep-Alive", "timeout=999", "Keep-Alive")]
    [InlineData("Transfer-Encoding", "chunked", "Transfer-Encoding")]
    [InlineData("TE", "trailers", "TE")]
    [InlineData("Trailer", "X", "Trailer")]
    [InlineData("Upgrade", "websocket", "Upgrade")]
    [InlineData("Expect", "100-continue", "Expect")]
    [InlineData("Proxy-Authorization", "Basic x", "Proxy-Authorization")]
    [InlineData("Proxy-Anything", "x", "Proxy-Anything")]
    [InlineData("Sec-Fetch-Site", "none", "Sec-Fetch-Site")]
    [InlineData("Via", "1.1 x", "Via")]
    [InlineData("Forwarded", "for=127.0.0.1", "Forwarded")]
    [InlineData("X-Forwarded-For", "127.0.0.1", "X-Forwarded-For")]
    public Task Header_that_could_change_the_message_is_refused(string name, string value, string error) =>
        AssertRefusedAsync(Request(Url, headers: (name, value)), error);

    [Fact]
    public async Task Header_that_we_write_ourselves_is_ignored_and_credentials_are_sent()
    {
        IHeaderDictionary? seen = null;
        await using var server = await TlsServer.StartAsync(http =>
        {
            seen = new HeaderDictionary(http.Request.Headers.ToDictionary());
            return Task.CompletedTask;
        });
        using var network = Network(server);

        await network.SendAsync(
            Request(Url, "POST", "abc", ("Content-Length", "1"), ("Accept-Encoding", "compress"), ("Authorization", "Bearer x"), ("Cookie", "a=b"), ("X-Latin", "é")),
            CancellationToken.None);

        Assert.Equal("3", seen!.ContentLength.ToString());
        Assert.DoesNotContain("compress", seen.AcceptEncoding.ToString());
        Assert.Equal("Bearer x", seen.Authorization);
        Assert.Equal("a=b", seen.Cookie);
        Assert.Equal("é", seen["X-Latin"]);
        Assert.DoesNotContain("traceparent", seen.Keys);
    }

    [Fact]
    public async Task Cookie_of_an_answer_is_not_sent_with_the_next_request()
    {
        var cookies = new List<string>();
        await using var server = await TlsServer.StartAsync(http =>
        {
            cookies.Add(http.Request.Headers.Cookie.ToString());
            http.Response.Headers.SetCookie = "a=b";
            return Task.CompletedTask;
        });
        using var network = Network(server);

        Assert.Contains((await network.SendAsync(Request(Url), CancellationToken.None)).Headers, header => header is { Key: "Set-Cookie", Value: "a=b" });
        await network.SendAsync(Request(Url), CancellationToken.None);

        Assert.Equal(["", ""], cookies);
    }

    [Theory]
    [InlineData("https://evil.example/", "not granted")]
    [InlineData("https://api.example.com.evil.example/", "not granted")]
    [InlineData("https://xapi.example.com/", "not granted")]
    [InlineData("https://example.com/", "not granted")]
    [InlineData("https://sub.api.example.com/", "not granted")]
    [InlineData("https://аpi.example.com/", "not granted")] // a Cyrillic letter
    [InlineData("https://localhost/", "full name")]
    [InlineData("http://api.example.com/", "https")]
    [InlineData("https://api.example.com:8443/", "port 443")]
    [InlineData("https://user@api.example.com/", "user name")]
    [InlineData("https://api.example.com@evil.example/", "user name")]
    [InlineData("https://127.0.0.1/", "IP address")]
    [InlineData("https://[::1]/", "IP address")]
    public Task Url_outside_of_the_grant_is_refused(string url, string error) => AssertRefusedAsync(Request(url), error);

    [Theory]
    [InlineData("https://API.EXAMPLE.COM/")]
    [InlineData("https://api。example．com/")] // other dots
    public async Task Name_of_a_granted_host_in_another_spelling_is_that_host_or_refused(string url)
    {
        string? host = null;
        await using var server = await TlsServer.StartAsync(http =>
        {
            host = http.Request.Host.Value;
            return Task.CompletedTask;
        });
        using var network = Network(server);

        await network.SendAsync(Request(url), CancellationToken.None);

        Assert.Equal(TlsServer.Host, host);
        Assert.Equal([TlsServer.Host], server.Resolved);
    }

    [Theory]
    [InlineData("https://bücher.example/")]
    [InlineData("https://xn--bcher-kva.example/")]
    public async Task International_name_is_called_in_its_ASCII_form(string url)
    {
        await using var server = await TlsServer.StartAsync(http => http.Response.WriteAsync(http.Request.Headers.Host.ToString()));
        using var network = new GrantedHostsNetwork(["xn--bcher-kva.example"], server.Options);

        Assert.Equal("xn--bcher-kva.example", Text(await network.SendAsync(Request(url), CancellationToken.None)));
        Assert.Equal(["xn--bcher-kva.example"], server.Resolved);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:4136:e378:8000:63bf:80ff:fffe")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("93.184.216.34", "127.0.0.1")]
    [InlineData("127.0.0.1", "93.184.216.34")]
    [InlineData("93.184.216.34", "2606:4700::1111", "::ffff:10.0.0.1")]
    [InlineData("1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5", "127.0.0.1")]
    public async Task Name_that_resolves_to_an_address_inside_is_not_connected_to(params string[] addresses)
    {
        await using var server = await TlsServer.StartAsync(_ => Task.CompletedTask);
        server.Names = (_, _) => addresses;
        using var network = Network(server);

        var error = await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None));

        Assert.Contains("not public", error.Message);
        Assert.All(addresses, address => Assert.DoesNotContain(address, error.Message));
        Assert.Empty(server.Connected);
    }

    [Fact]
    public async Task Name_is_resolved_once_for_a_connection_that_goes_to_the_checked_address()
    {
        await using var server = await TlsServer.StartAsync(http => http.Response.WriteAsync("ok"));
        server.Names = (_, time) => time == 1 ? ["93.184.216.34"] : ["127.0.0.1"];
        using var network = Network(server);

        Assert.Equal("ok", Text(await network.SendAsync(Request(Url), CancellationToken.None)));

        Assert.Equal([TlsServer.Host], server.Resolved);
        Assert.Equal(["93.184.216.34:443"], server.Connected);
    }

    [Fact]
    public async Task Name_that_resolves_to_an_address_inside_the_second_time_is_checked_again()
    {
        await using var server = await TlsServer.StartAsync(http =>
        {
            http.Response.Headers.Connection = "close";
            return http.Response.WriteAsync("ok");
        });
        server.Names = (_, time) => time == 1 ? ["93.184.216.34"] : ["127.0.0.1"];
        using var network = Network(server);

        Assert.Equal("ok", Text(await network.SendAsync(Request(Url), CancellationToken.None)));
        await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None));

        Assert.Equal(["93.184.216.34:443"], server.Connected);
    }

    [Fact]
    public async Task Connection_of_another_run_is_not_used()
    {
        await using var server = await TlsServer.StartAsync(http => http.Response.WriteAsync("ok"));
        for (var run = 0; run < 2; run++)
        {
            using var network = Network(server);
            await network.SendAsync(Request(Url), CancellationToken.None);
        }

        Assert.Equal(2, server.Connected.Count);
    }

    [Fact]
    public async Task Address_that_does_not_answer_is_followed_by_the_next_and_by_no_more_than_the_limit()
    {
        await using var server = await TlsServer.StartAsync(http => http.Response.WriteAsync("ok"));
        var tried = new List<string>();
        var working = "1.1.1.4";
        var options = server.Options with
        {
            Connect = (address, port, cancellationToken) =>
            {
                tried.Add(address.ToString());
                return address.ToString() == working ? server.Options.Connect(address, port, cancellationToken) : throw new SocketException();
            },
        };
        server.Names = (_, _) => ["2606:4700::1111", "1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"];

        using (var network = new GrantedHostsNetwork([TlsServer.Host], options))
        {
            Assert.Equal("ok", Text(await network.SendAsync(Request(Url), CancellationToken.None)));
        }

        Assert.Equal(["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"], tried);
        Assert.Equal(EgressLimits.MaxAddresses, tried.Count);

        tried.Clear();
        working = "2606:4700::1111";
        using (var network = new GrantedHostsNetwork([TlsServer.Host], options))
        {
            var error = await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None));
            Assert.Contains("No connection", error.Message);
        }

        Assert.Equal(EgressLimits.MaxAddresses, tried.Count);
    }

    [Fact]
    public async Task Name_that_does_not_exist_is_an_error_that_says_so()
    {
        await using var server = await TlsServer.StartAsync(_ => Task.CompletedTask);
        using var thrown = new GrantedHostsNetwork([TlsServer.Host], server.Options with { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });
        using var none = new GrantedHostsNetwork([TlsServer.Host], server.Options with { Resolve = (_, _) => Task.FromResult<System.Net.IPAddress[]>([]) });

        foreach (var network in new[] { thrown, none })
        {
            Assert.Contains("cannot be resolved", (await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None))).Message);
        }
    }

    [Fact]
    public async Task Certificate_must_be_for_the_name_and_from_an_authority_that_is_trusted()
    {
        await using var server = await TlsServer.StartAsync(http => http.Response.WriteAsync("ok"));
        using var otherName = new GrantedHostsNetwork(["api.example.org"], server.Options);
        using var notTrusted = new GrantedHostsNetwork([TlsServer.Host], server.Options with { TrustedRoots = null });

        Assert.Contains("certificate", (await Assert.ThrowsAsync<SandboxNetworkException>(() => otherName.SendAsync(Request("https://api.example.org/"), CancellationToken.None))).Message);
        Assert.Contains("certificate", (await Assert.ThrowsAsync<SandboxNetworkException>(() => notTrusted.SendAsync(Request(Url), CancellationToken.None))).Message);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("//127.0.0.1/")]
    [InlineData("///127.0.0.1/")]
    [InlineData("/\\127.0.0.1/")]
    [InlineData("\\\\127.0.0.1\\")]
    [InlineData("//evil.example/")]
    [InlineData("//user@api.example.com/")]
    [InlineData("//api.example.com:22/")]
    [InlineData("http://api.example.com/")]
    [InlineData("https://evil.example/")]
    [InlineData("https://api.example.com@127.0.0.1/")]
    [InlineData("https://api.example.com:6379/")]
    [InlineData("https://localhost/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://api.example.com/")]
    [InlineData("data:text/plain,x")]
    [InlineData("javascript:0")]
    public async Task Redirect_to_anything_that_could_not_be_called_is_refused(string location)
    {
        await using var server = await TlsServer.StartAsync(http =>
        {
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = location;
            return Task.CompletedTask;
        });
        using var network = Network(server);

        var error = await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request($"{Url}start"), CancellationToken.None));

        Assert.Matches("^The server redirects to (an address that cannot be called|something that is not an address)[.]", error.Message);
        Assert.Single(server.Connected);
    }

    [Fact]
    public async Task Redirect_to_a_granted_name_that_resolves_inside_is_refused()
    {
        await using var server = await TlsServer.StartAsync(http => RedirectAsync(http, 302, $"https://{TlsServer.Other}/"));
        server.Names = (name, _) => name == TlsServer.Host ? ["93.184.216.34"] : ["127.0.0.1"];
        using var network = Network(server, TlsServer.Host, TlsServer.Other);

        var error = await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None));

        Assert.Contains("not public", error.Message);
        Assert.Equal([TlsServer.Host, TlsServer.Other], server.Resolved);
        Assert.Single(server.Connected);
    }

    [Theory]
    [InlineData(301, "POST", "GET ")]
    [InlineData(302, "POST", "GET ")]
    [InlineData(303, "POST", "GET ")]
    [InlineData(303, "PUT", "GET ")]
    [InlineData(303, "DELETE", "GET ")]
    [InlineData(301, "PUT", "PUT text/x-own body")]
    [InlineData(302, "DELETE", "DELETE text/x-own body")]
    [InlineData(307, "POST", "POST text/x-own body")]
    [InlineData(308, "POST", "POST text/x-own body")]
    public async Task Redirect_changes_method_and_body_as_fetch_does(int status, string method, string expected)
    {
        await using var server = await TlsServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/")
            {
                await RedirectAsync(http, status, "next");
                return;
            }

            using var reader = new StreamReader(http.Request.Body);
            await http.Response.WriteAsync($"{http.Request.Method} {http.Request.ContentType} {await reader.ReadToEndAsync()}");
        });
        using var network = Network(server);

        var response = await network.SendAsync(Request(Url, method, "body", ("Content-Type", "text/x-own")), CancellationToken.None);

        Assert.Equal(expected.TrimEnd(), Text(response).TrimEnd());
        Assert.Equal($"{Url}next", response.Url);
    }

    [Fact]
    public async Task Head_stays_head_after_a_303()
    {
        var methods = new List<string>();
        await using var server = await TlsServer.StartAsync(http =>
        {
            methods.Add(http.Request.Method);
            return http.Request.Path == "/" ? RedirectAsync(http, 303, "/next") : Task.CompletedTask;
        });
        using var network = Network(server);

        await network.SendAsync(Request(Url, "HEAD"), CancellationToken.None);

        Assert.Equal(["HEAD", "HEAD"], methods);
    }

    [Theory]
    [InlineData(TlsServer.Host, "Bearer x a=b own")]
    [InlineData(TlsServer.Other, "  own")]
    public async Task Credentials_stay_with_the_host_that_they_were_meant_for(string next, string expected)
    {
        await using var server = await TlsServer.StartAsync(http => http.Request.Path == "/"
            ? RedirectAsync(http, 307, $"https://{next}/next")
            : http.Response.WriteAsync($"{http.Request.Headers.Authorization} {http.Request.Headers.Cookie} {http.Request.Headers["X-Own"]}"));
        using var network = Network(server, TlsServer.Host, TlsServer.Other);

        var response = await network.SendAsync(Request(Url, headers: [("Authorization", "Bearer x"), ("Cookie", "a=b"), ("X-Own", "own")]), CancellationToken.None);

        Assert.Equal(expected, Text(response));
    }

    [Fact]
    public async Task Redirects_are_followed_as_often_as_the_limit_says_and_not_once_more()
    {
        await using var server = await TlsServer.StartAsync(http =>
        {
            var left = int.Parse(http.Request.Path.Value![1..]);
            return left == 0 ? http.Response.WriteAsync("there") : RedirectAsync(http, 302, $"/{left - 1}");
        });
        using var network = Network(server);

        Assert.Equal("there", Text(await network.SendAsync(Request($"{Url}{EgressLimits.MaxRedirects}"), CancellationToken.None)));
        var error = await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request($"{Url}{EgressLimits.MaxRedirects + 1}"), CancellationToken.None));
        Assert.Contains("more than 5 times", error.Message);
    }

    [Fact]
    public async Task Redirect_in_a_circle_ends()
    {
        var requests = 0;
        await using var server = await TlsServer.StartAsync(http =>
        {
            requests++;
            return RedirectAsync(http, 302, "/");
        });
        using var network = Network(server);

        await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None));

        Assert.Equal(EgressLimits.MaxRedirects + 1, requests);
    }

    [Fact]
    public async Task Redirect_without_an_address_is_an_answer()
    {
        await using var server = await TlsServer.StartAsync(http =>
        {
            http.Response.StatusCode = 302;
            return Task.CompletedTask;
        });
        using var network = Network(server);

        Assert.Equal(302, (await network.SendAsync(Request(Url), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Redirect_to_two_addresses_is_refused()
    {
        await using var server = await TlsServer.StartAsync(http =>
        {
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = new(["/a", "/b"]);
            return Task.CompletedTask;
        });
        using var network = Network(server);

        Assert.Contains("more than one", (await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None))).Message);
    }

    [Fact]
    public async Task Request_body_may_be_as_large_as_the_limit_says_and_not_larger()
    {
        await using var server = await TlsServer.StartAsync(async http =>
        {
            var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            await http.Response.WriteAsync($"{body.Length}");
        });
        using var network = Network(server);
        var body = new string('x', EgressLimits.RequestBodyBytes);

        Assert.Equal("1048576", Text(await network.SendAsync(Request(Url, "POST", body), CancellationToken.None)));
        await AssertRefusedAsync(Request(Url, "POST", body + "x"), "1048576 bytes");
    }

    [Fact]
    public Task Get_with_a_body_is_refused() => AssertRefusedAsync(Request(Url, "GET", "x"), "cannot have a body");

    [Fact]
    public async Task Request_headers_may_be_as_large_as_the_limit_says_and_not_larger()
    {
        await using var server = await TlsServer.StartAsync(http => http.Response.WriteAsync("ok"));
        using var network = Network(server);
        var value = new string('x', EgressLimits.RequestHeaderBytes - "X-Own: \r\n".Length);

        Assert.Equal("ok", Text(await network.SendAsync(Request(Url, headers: ("X-Own", value)), CancellationToken.None)));
        await AssertRefusedAsync(Request(Url, headers: ("X-Own", value + "x")), "16384 bytes");
    }

    /// <summary>Each chunk has one byte, and an extension of which a client shows nothing.</summary>
    [Theory]
    [InlineData(1_600, true)]
    [InlineData(1_700, false)]
    public async Task Answer_that_is_nearly_all_framing_is_read_up_to_the_limit(int chunks, bool isAllowed)
    {
        var chunk = Encoding.ASCII.GetBytes($"1;{new string('x', 10_000)}\r\na\r\n");
        Assert.InRange(EgressLimits.AnswerBytes, 1_600 * chunk.Length + 10_000, 1_700 * chunk.Length);
        await using var server = await TlsServer.StartAsync(async http =>
        {
            http.Response.Headers.TransferEncoding = "chunked";
            for (var i = 0; i < chunks; i++)
            {
                await http.Response.Body.WriteAsync(chunk);
            }

            await http.Response.Body.WriteAsync("0\r\n\r\n"u8.ToArray());
        });
        using var network = Network(server);

        // Twice, over one connection where it can be kept: the limit is that of an answer.
        for (var i = 0; i < 2; i++)
        {
            var answer = network.SendAsync(Request(Url), CancellationToken.None);
            if (isAllowed)
            {
                Assert.Equal(chunks, (await answer).Body.Length);
            }
            else
            {
                Assert.Contains($"more than {EgressLimits.AnswerBytes} bytes", (await Assert.ThrowsAsync<SandboxNetworkException>(() => answer)).Message);
            }
        }
    }

    [Theory]
    [InlineData(EgressLimits.ResponseBodyBytes, true)]
    [InlineData(EgressLimits.ResponseBodyBytes + 1, false)]
    public async Task Answer_may_be_as_large_as_the_limit_says_and_not_larger(int bytes, bool isAllowed)
    {
        await using var server = await TlsServer.StartAsync(http => http.Response.Body.WriteAsync(new byte[bytes]).AsTask());
        using var network = Network(server);

        var answer = await Record.ExceptionAsync(async () => Assert.Equal(bytes, (await network.SendAsync(Request(Url), CancellationToken.None)).Body.Length));

        Assert.Equal(isAllowed ? null : $"The answer has more than {EgressLimits.ResponseBodyBytes} bytes.", answer?.Message);
    }

    [Fact]
    public async Task Body_that_does_not_end_is_cut_off_at_the_limit()
    {
        await using var server = await TlsServer.StartAsync(async http =>
        {
            var piece = new byte[64 * 1024];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(piece);
            }
        });
        using var network = Network(server);

        Assert.Contains("5242880 bytes", (await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None))).Message);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Small_answer_that_unpacks_to_more_than_the_limit_is_cut_off(string encoding)
    {
        var bomb = Pack(encoding, new byte[200 * 1024 * 1024]);
        Assert.True(bomb.Length < EgressLimits.ResponseBodyBytes);
        await using var server = await TlsServer.StartAsync(http =>
        {
            http.Response.Headers.ContentEncoding = encoding;
            return http.Response.Body.WriteAsync(bomb).AsTask();
        });
        using var network = Network(server);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var error = await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None));

        Assert.Contains("5242880 bytes", error.Message);
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 64 * 1024 * 1024);
    }

    [Fact]
    public async Task Packed_answer_comes_unpacked_and_without_the_headers_of_the_packing()
    {
        await using var server = await TlsServer.StartAsync(http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            return http.Response.Body.WriteAsync(Pack("gzip", "hello"u8.ToArray())).AsTask();
        });
        using var network = Network(server);

        var response = await network.SendAsync(Request(Url), CancellationToken.None);

        Assert.Equal("hello", Text(response));
        Assert.DoesNotContain(response.Headers, header => header.Key is "Content-Encoding" or "Content-Length");
    }

    [Fact]
    public async Task Answer_that_is_not_packed_as_it_says_is_an_error()
    {
        await using var server = await TlsServer.StartAsync(http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            return http.Response.WriteAsync("hello");
        });
        using var network = Network(server);

        Assert.Contains("not compressed", (await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None))).Message);
    }

    [Fact]
    public async Task Answer_that_breaks_off_is_an_error()
    {
        await using var server = await TlsServer.StartAsync(async http =>
        {
            http.Response.ContentLength = 100;
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        using var network = Network(server);

        Assert.Contains("broke off", (await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None))).Message);
    }

    [Theory]
    [InlineData(EgressLimits.ResponseHeaderKibibytes - 1, true)]
    [InlineData(EgressLimits.ResponseHeaderKibibytes, false)]
    public async Task Answer_headers_may_be_as_large_as_the_limit_says_and_not_larger(int kibibytes, bool isAllowed)
    {
        await using var server = await TlsServer.StartAsync(http =>
        {
            http.Response.Headers["X-Large"] = new string('x', kibibytes * 1024);
            return Task.CompletedTask;
        });
        using var network = Network(server);

        var answer = await Record.ExceptionAsync(() => network.SendAsync(Request(Url), CancellationToken.None));

        Assert.Equal(isAllowed ? null : $"The answer's headers have more than {EgressLimits.ResponseHeaderKibibytes} KiB.", answer?.Message);
    }

    [Fact]
    public async Task Answer_that_trickles_ends_when_its_time_is_over()
    {
        var time = new ManualTimeProvider();
        var started = new TaskCompletionSource();
        await using var server = await TlsServer.StartAsync(async http =>
        {
            await http.Response.WriteAsync("x");
            await http.Response.Body.FlushAsync();
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var network = new GrantedHostsNetwork([TlsServer.Host], server.Options with { Time = time });

        var sending = network.SendAsync(Request(Url), CancellationToken.None);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(100));
        time.Advance(EgressLimits.Time - TimeSpan.FromMilliseconds(1));
        await Task.Delay(100);
        Assert.False(sending.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Contains("longer than 20 s", (await Assert.ThrowsAsync<SandboxNetworkException>(() => sending.WaitAsync(TimeSpan.FromSeconds(100)))).Message);
    }

    [Fact]
    public async Task Address_that_never_accepts_is_given_up_after_its_time()
    {
        var time = new ManualTimeProvider();
        await using var server = await TlsServer.StartAsync(http => http.Response.WriteAsync("ok"));
        server.Names = (_, _) => ["1.1.1.1", "1.1.1.2"];
        var options = server.Options with
        {
            Time = time,
            Connect = async (address, port, cancellationToken) =>
            {
                if (address.ToString() == "1.1.1.1")
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }

                return await server.Options.Connect(address, port, cancellationToken);
            },
        };
        using var network = new GrantedHostsNetwork([TlsServer.Host], options);

        var sending = network.SendAsync(Request(Url), CancellationToken.None);
        while (time.NextDue is not { } due || due - time.GetUtcNow() > EgressLimits.ConnectTime)
        {
            await Task.Delay(5);
        }

        time.Advance(EgressLimits.ConnectTime);

        Assert.Equal("ok", Text(await sending.WaitAsync(TimeSpan.FromSeconds(100))));
        Assert.Equal(["1.1.1.2:443"], server.Connected);
    }

    [Fact]
    public async Task Cancelling_the_run_ends_its_request_as_cancelled()
    {
        await using var server = await TlsServer.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        using var network = Network(server);
        using var run = new CancellationTokenSource();

        var sending = network.SendAsync(Request(Url), run.Token);
        await run.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TimeSpan.FromSeconds(100)));
    }

    [Fact]
    public async Task Run_may_make_as_many_requests_as_the_limit_says_and_not_one_more()
    {
        await using var server = await TlsServer.StartAsync(http => http.Response.WriteAsync("ok"));
        using var network = Network(server);

        for (var i = 0; i < EgressLimits.MaxRequests; i++)
        {
            Assert.Equal("ok", Text(await network.SendAsync(Request(Url), CancellationToken.None)));
        }

        var error = await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(Request(Url), CancellationToken.None));
        Assert.Contains("at most 100 requests", error.Message);
    }

    [Fact]
    public async Task Requests_at_once_are_as_many_as_the_limit_says_and_the_rest_wait()
    {
        var (inside, most) = (0, 0);
        var gate = new TaskCompletionSource();
        await using var server = await TlsServer.StartAsync(async http =>
        {
            var now = Interlocked.Increment(ref inside);
            lock (gate)
            {
                most = Math.Max(most, now);
            }

            if (now == EgressLimits.MaxConcurrent)
            {
                // Whoever else would come in has the time to.
                await Task.Delay(200);
                gate.TrySetResult();
            }

            await gate.Task;
            Interlocked.Decrement(ref inside);
        });
        using var network = Network(server);

        await Task.WhenAll(Enumerable.Range(0, EgressLimits.MaxConcurrent * 3).Select(_ => network.SendAsync(Request(Url), CancellationToken.None)))
            .WaitAsync(TimeSpan.FromSeconds(100));

        Assert.Equal(EgressLimits.MaxConcurrent, most);
    }

    [Fact]
    public void Agent_without_a_granted_host_has_no_network() => Assert.Null(new GrantedHostsNetworkFactory(new EgressOptions()).Create([]));

    private static GrantedHostsNetwork Network(TlsServer server, params string[] hosts) =>
        new GrantedHostsNetworkFactory(server.Options).Create(hosts.Length == 0 ? [TlsServer.Host] : hosts)!;

    private static SandboxHttpRequest Request(string url, string method = "GET", string body = "", params (string Name, string Value)[] headers) =>
        new(method, url, [.. headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value))], Encoding.UTF8.GetBytes(body));

    private static string Text(SandboxHttpResponse response) => Encoding.UTF8.GetString(response.Body.Span);

    private static Task RedirectAsync(HttpContext http, int status, string location)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private static byte[] Pack(string encoding, byte[] content)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest),
            _ => new BrotliStream(packed, CompressionLevel.Fastest),
        })
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>Refused before any name is resolved, with a message that says why.</summary>
    private static async Task AssertRefusedAsync(SandboxHttpRequest request, string why)
    {
        await using var server = await TlsServer.StartAsync(_ => Task.CompletedTask);
        using var network = Network(server);

        var error = await Assert.ThrowsAsync<SandboxNetworkException>(() => network.SendAsync(request, CancellationToken.None));

        Assert.Contains(why, error.Message);
        Assert.Empty(server.Resolved);
        Assert.Empty(server.Connected);
    }
}
