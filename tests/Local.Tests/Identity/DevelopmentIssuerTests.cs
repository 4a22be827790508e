using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Jobs.Functions.Identity;
using Jobs.Local.Commands;
using Jobs.Local.Host;
using Jobs.Local.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Tests.Identity;

/// <summary>The issuer of the local host, and attempts to get a token of it from elsewhere.</summary>
public sealed class DevelopmentIssuerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-issuer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Token_is_issued_as_documented_and_the_app_honours_it()
    {
        await using var host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };

        var discovery = await client.GetFromJsonAsync<JsonElement>(".well-known/openid-configuration");
        using var response = await client.PostAsync(discovery.GetProperty("token_endpoint").GetString(), Form("sub=ann&roles=admin"));
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("access_token").GetString());
        using var preview = await client.PostAsJsonAsync("api/admin/prompts/preview", new { prompt = "Hello" });

        Assert.Equal(["access_token", "expires_in", "token_type"], answer.EnumerateObject().Select(field => field.Name));
        Assert.Equal((3_600, "Bearer"), (answer.GetProperty("expires_in").GetInt32(), answer.GetProperty("token_type").GetString()));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal(host.Address.GetLeftPart(UriPartial.Authority), discovery.GetProperty("issuer").GetString());
        Assert.Equal(202, (int)preview.StatusCode);
        // Of the key only the public half is shown.
        var keys = await client.GetFromJsonAsync<JsonElement>(discovery.GetProperty("jwks_uri").GetString());
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], keys.GetProperty("keys")[0].EnumerateObject().Select(field => field.Name).Order());
    }

    [Fact]
    public async Task Token_is_valid_after_a_restart_and_its_key_is_for_this_user_only()
    {
        string url, token;
        await using (var first = await StartAsync())
        {
            url = first.Address.GetLeftPart(UriPartial.Authority);
            token = await TokenAsync(first.Address);
        }

        await using var second = await StartAsync(url);
        using var client = new HttpClient { BaseAddress = second.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };

        Assert.Equal(200, (int)(await client.GetAsync("api/jobs")).StatusCode);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, IssuerKey.FileName)));
        }
    }

    [Theory]
    [InlineData("Host: 127.0.0.1", 200)]
    [InlineData("Host: localhost:7071", 200)]
    [InlineData("Host: LOCALHOST", 200)]
    [InlineData("Host: [::1]:7071", 200)]
    [InlineData("Host: evil.example", 403)]
    [InlineData("Host: evil.example:7071", 403)]
    [InlineData("Host: localhost.evil.example", 403)]
    [InlineData("Host: 127.0.0.1.evil.example", 403)]
    [InlineData("Host: 10.0.0.5", 403)]
    [InlineData("Host: 127.0.0.2", 403)]
    [InlineData("Host:", 403)]
    [InlineData("Host: localhost\r\nX-Forwarded-For: 127.0.0.1", 403)]
    [InlineData("Host: localhost\r\nForwarded: for=127.0.0.1", 403)]
    [InlineData("Host: localhost\r\nX-Real-IP: 127.0.0.1", 403)]
    [InlineData("Host: localhost\r\nVia: 1.1 proxy", 403)]
    [InlineData("Host: localhost\r\nX-Forwarded-Host: localhost", 403)]
    [InlineData("Host: localhost:7071\r\nOrigin: http://localhost:7071", 200)]
    [InlineData("Host: localhost:7071\r\nOrigin: http://evil.example", 403)]
    [InlineData("Host: localhost:7071\r\nOrigin: http://localhost:8080", 403)]
    [InlineData("Host: localhost:7071\r\nOrigin: null", 403)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: cross-site", 403)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: same-site", 403)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: none", 200)]
    public async Task Token_is_issued_only_to_who_calls_this_machine_by_its_own_names(string headers, int expected)
    {
        await using var host = await StartAsync();

        var answer = await SendAsync(host.Address, $"POST /token HTTP/1.1\r\n{headers}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\nConnection: close\r\n\r\nsub=ann");

        Assert.StartsWith($"HTTP/1.1 {expected} ", answer);
        Assert.Equal(expected == 200, answer.Contains("access_token", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("127.8.8.8", 200)]
    [InlineData("::1", 200)]
    [InlineData("::ffff:127.0.0.1", 200)]
    [InlineData("10.0.0.5", 403)]
    [InlineData("::ffff:10.0.0.5", 403)]
    [InlineData("fe80::1", 403)]
    [InlineData(null, 403)]
    public async Task Token_is_issued_only_to_a_connection_of_this_machine(string? address, int expected)
    {
        var issuer = new DevelopmentIssuer("http://127.0.0.1:7071", DevelopmentIssuer.CreateKey());
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().BuildServiceProvider() };
        http.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>(new BodySize());
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        (http.Request.Method, http.Request.Path, http.Request.Host) = ("POST", DevelopmentIssuer.TokenPath, new HostString("localhost:7071"));
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Request.Body = new MemoryStream("sub=ann"u8.ToArray());

        await issuer.TryAnswer(http)!;

        Assert.Equal(expected, http.Response.StatusCode);
    }

    [Theory]
    [InlineData("sub=ann", 200)]
    [InlineData("sub=ann&roles=", 200)]
    [InlineData("sub=ann&roles=admin%2Cuser", 200)]
    [InlineData("sub=ann&grant_type=password", 200)]
    [InlineData("", 400)]
    [InlineData("sub=", 400)]
    [InlineData("roles=admin", 400)]
    [InlineData("sub=ann&sub=bob", 400)]
    [InlineData("sub=ann&roles=a&roles=b", 400)]
    [InlineData("sub=ann&a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1", 400)]
    public async Task Form_has_a_subject_and_may_have_roles(string form, int expected)
    {
        await using var host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };

        using var response = await client.PostAsync("token", Form(form));

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(TokenValidator.MaxSubjectLength, DevelopmentIssuer.MaxRoles, 0, 200)]
    [InlineData(TokenValidator.MaxSubjectLength + 1, DevelopmentIssuer.MaxRoles, 0, 400)]
    [InlineData(TokenValidator.MaxSubjectLength, DevelopmentIssuer.MaxRoles + 1, 0, 400)]
    [InlineData(1, 1, DevelopmentIssuer.MaxFormBytes, 200)]
    [InlineData(1, 1, DevelopmentIssuer.MaxFormBytes + 1, 400)]
    public async Task Form_has_a_size(int subject, int roles, int bytes, int expected)
    {
        await using var host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        var form = $"sub={new string('s', subject)}&roles={string.Join("%2C", Enumerable.Range(0, roles))}";
        form += bytes > 0 ? $"&x={new string('x', bytes - form.Length - 3)}" : "";

        using var response = await client.PostAsync("token", Form(form));

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/token", 404)]
    [InlineData("PUT", "/token", 404)]
    [InlineData("POST", "/token/", 404)]
    [InlineData("POST", "/.well-known/jwks.json", 404)]
    public async Task Other_requests_are_the_apps(string method, string path, int expected)
    {
        await using var host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task App_that_another_issuer_is_set_for_serves_none_of_its_own()
    {
        await using var host = await StartAsync(arguments: ["--Identity:Authority", "https://issuer.example", "--Identity:Audiences", "app"]);
        using var client = new HttpClient { BaseAddress = host.Address };

        using var token = await client.PostAsync("token", Form("sub=ann"));
        using var discovery = await client.GetAsync(".well-known/openid-configuration");

        Assert.Equal((404, 404), ((int)token.StatusCode, (int)discovery.StatusCode));
    }

    [Theory]
    [InlineData("http://127.0.0.1:7071", "http://127.0.0.1:7071")]
    [InlineData("http://localhost:7071", "http://localhost:7071")]
    [InlineData("http://[::1]:7071", "http://[::1]:7071")]
    [InlineData("http://0.0.0.0:7071", "http://127.0.0.1:7071")]
    [InlineData("http://[::]:7071", "http://127.0.0.1:7071")]
    [InlineData("http://192.168.1.5:7071", null)]
    [InlineData("http://192.168.1.5:7071;http://127.0.0.1:7072", "http://127.0.0.1:7072")]
    [InlineData("nonsense", null)]
    public void Address_is_one_of_this_machine(string urls, string? expected) => Assert.Equal(expected, DevelopmentIssuer.AddressOf(urls.Split(';')));

    [Fact]
    public void App_in_Azure_has_no_part_of_it() =>
        Assert.DoesNotContain(typeof(Jobs.Functions.Program).Assembly.GetReferencedAssemblies(), assembly => assembly.Name == typeof(DevelopmentIssuer).Assembly.GetName().Name);

    private static ByteArrayContent Form(string form) =>
        new(Encoding.ASCII.GetBytes(form)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } };

    private static async Task<string> TokenAsync(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var response = await client.PostAsync("token", Form("sub=ann"));
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    private async Task<LocalHost> StartAsync(string url = "http://127.0.0.1:0", params string[] arguments)
    {
        var builder = LocalApp.CreateBuilder(["--urls", url, "--data", _folder, .. arguments]);
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Sends these very bytes; what comes back.</summary>
    private static async Task<string> SendAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(90));
    }

    private sealed class BodySize : Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; }
    }
}
