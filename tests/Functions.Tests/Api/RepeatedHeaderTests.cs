using System.Net.Sockets;
using System.Text;

namespace Jobs.Functions.Tests.Api;

/// <summary>
/// A header that may stand once stands twice. Some servers in between join both into one value with a comma (RFC 9110, 5.3), others leave them apart: either way neither counts.
/// </summary>
public sealed class RepeatedHeaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    public static TheoryData<string> TwoKeys() => ["Idempotency-Key: one\r\nIdempotency-Key: two", "Idempotency-Key: one, two", "Idempotency-Key: one,one"];

    public static TheoryData<string> TwoCredentials() =>
        [$"Authorization: Bearer {TestApp.Key}\r\nAuthorization: Bearer {TestApp.Key}", $"Authorization: Bearer {TestApp.Key}, Bearer {TestApp.Key}"];

    [Theory]
    [MemberData(nameof(TwoKeys))]
    public async Task Two_idempotency_keys_are_400_and_nothing_is_created(string headers)
    {
        await using var app = await TestApp.StartAsync();

        var response = await PostAsync(app, $"Authorization: Bearer {TestApp.Key}\r\n{headers}");

        Assert.StartsWith("HTTP/1.1 400 ", response);
        Assert.Contains("\"field\":\"Idempotency-Key\"", response);
        Assert.Contains("\"total\":0", await app.Client.GetStringAsync("v1/widgets"));
    }

    [Theory]
    [MemberData(nameof(TwoCredentials))]
    public async Task Two_credentials_are_401(string headers)
    {
        await using var app = await TestApp.StartAsync();

        Assert.StartsWith("HTTP/1.1 401 ", await PostAsync(app, headers));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: same-origin")]
    [InlineData("Sec-Fetch-Site: same-origin, same-origin")]
    [InlineData("Origin: http://{host}\r\nOrigin: http://{host}")]
    [InlineData("Origin: http://{host}, http://{host}")]
    public async Task Sign_in_that_names_its_origin_twice_is_403(string headers)
    {
        await using var app = await TestApp.StartAsync();

        var response = await PostAsync(app, headers.Replace("{host}", app.Address.Authority), "app/session", $$"""{"apiKey":"{{TestApp.Key}}"}""");

        Assert.StartsWith("HTTP/1.1 403 ", response);
    }

    [Theory]
    [InlineData("X-CSRF-Token: {token}\r\nX-CSRF-Token: {token}")]
    [InlineData("X-CSRF-Token: {token}, {token}")]
    public async Task Two_CSRF_tokens_are_403(string headers)
    {
        await using var app = await TestApp.StartAsync();
        var token = Functions.Api.Authentication.BrowserSession.CsrfTokenOf(TestApp.Key);

        var response = await PostAsync(app, $"Cookie: jobs_session={TestApp.Key}\r\n{headers.Replace("{token}", token)}");

        Assert.StartsWith("HTTP/1.1 403 ", response);
    }

    private static async Task<string> PostAsync(TestApp app, string headers, string path = "v1/widgets", string body = """{"name":"A"}""")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(app.Address.Host, app.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /{path} HTTP/1.1\r\nHost: {app.Address.Authority}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{headers}\r\n\r\n{body}"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(Patience);
    }
}
