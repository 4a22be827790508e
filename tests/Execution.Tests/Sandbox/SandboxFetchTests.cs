using System.Text;
using Jobs.Domain.Sandbox;
using static Jobs.Execution.Tests.Sandbox.SandboxFixture;

namespace Jobs.Execution.Tests.Sandbox;

public sealed class SandboxFetchTests(SandboxFixture sandboxes) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Fetch_sends_method_headers_and_body_and_gives_a_real_response()
    {
        var network = new SandboxNetworkFake(request => SandboxNetworkFake.Ok(
            Encoding.UTF8.GetBytes("""{"a":"ä"}"""), "https://example.com/moved", 201, new("Content-Type", "application/json"), new("X-A", "1"), new("X-A", "2")));
        var output = await OutputAsync(
            sandboxes.Strongest,
            """
            export default async () => {
              const request = new Request("https://example.com/x?q=1", { method: "PUT", headers: { "x-b": "3" }, body: JSON.stringify({ b: "ö" }) });
              const response = await fetch(request);
              return [response instanceof Response, response.status, response.ok, response.url, response.redirected, response.headers.get("x-a"), await response.clone().text(), await response.json()];
            };
            """,
            network: network);
        Assert.Equal("""[true,201,true,"https://example.com/moved",true,"1, 2","{\u0022a\u0022:\u0022\u00E4\u0022}",{"a":"\u00E4"}]""", System.Text.Json.JsonSerializer.Serialize(output));
        var sent = Assert.Single(network.Requests);
        Assert.Equal(("PUT", "https://example.com/x?q=1", """{"b":"ö"}"""), (sent.Method, sent.Url, Encoding.UTF8.GetString(sent.Body.Span)));
        Assert.Contains(new KeyValuePair<string, string>("x-b", "3"), sent.Headers);
        Assert.Contains(new KeyValuePair<string, string>("content-type", "text/plain;charset=UTF-8"), sent.Headers);
    }

    [Fact]
    public async Task Bytes_arrive_as_they_are()
    {
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        var network = new SandboxNetworkFake(request => SandboxNetworkFake.Ok(request.Body, request.Url));
        var output = await OutputAsync(
            sandboxes.Strongest,
            """
            export default async (input) => {
              const bytes = Uint8Array.from(atob(input), (c) => c.charCodeAt(0));
              const answers = await Promise.all([bytes, bytes.slice(1), "", new Uint8Array([120]), new URLSearchParams({ a: "b" })].map(async (body) =>
                new Uint8Array(await (await fetch("https://example.com/", { method: "POST", body })).arrayBuffer())));
              return [answers[0].every((b, i) => b === bytes[i]), ...answers.map((answer) => answer.length)];
            };
            """,
            $"\"{Convert.ToBase64String(bytes)}\"",
            network: network);
        Assert.Equal("[true,100000,99999,0,1,3]", output.GetRawText());
    }

    [Fact]
    public async Task Answer_without_a_body_has_none()
    {
        var network = new SandboxNetworkFake(request => SandboxNetworkFake.Ok(default, request.Url, 204));
        var output = await OutputAsync(sandboxes.Strongest, "export default async () => { const r = await fetch('https://example.com/'); return [r.status, r.body, await r.text()]; }", network: network);
        Assert.Equal("""[204,null,""]""", output.GetRawText());
    }

    [Fact]
    public async Task Refused_request_rejects_with_the_reason()
    {
        var network = new SandboxNetworkFake((_, _) => throw new SandboxNetworkException("evil.example is not among the granted hosts."));
        var output = await OutputAsync(
            sandboxes.Strongest, "export default () => fetch('https://evil.example/').catch((e) => [e instanceof TypeError, e.message])", network: network);
        Assert.Equal("""[true,"evil.example is not among the granted hosts."]""", output.GetRawText());
    }

    [Fact]
    public async Task Without_a_network_every_request_rejects()
    {
        var output = await OutputAsync(sandboxes.Strongest, "export default () => fetch('https://example.com/').catch((e) => [e instanceof TypeError, e.message])");
        Assert.Equal("""[true,"network access is not granted"]""", output.GetRawText());
    }

    [Fact]
    public async Task Aborted_request_rejects_at_once_and_redirects_can_be_refused()
    {
        var never = new TaskCompletionSource<SandboxHttpResponse>();
        var network = new SandboxNetworkFake((request, cancellationToken) => request.Url.EndsWith("/slow", StringComparison.Ordinal)
            ? never.Task.WaitAsync(cancellationToken)
            : Task.FromResult(SandboxNetworkFake.Ok(default, "https://example.com/elsewhere")));
        var output = await OutputAsync(
            sandboxes.Strongest,
            """
            export default async () => [
              await fetch("https://example.com/slow", { signal: AbortSignal.timeout(20) }).catch((e) => e.name),
              await fetch("https://example.com/", { signal: AbortSignal.abort() }).catch((e) => e.name),
              await fetch("https://example.com/", { redirect: "error" }).catch((e) => e.message),
              await fetch("https://example.com/", { redirect: "manual" }).catch((e) => e.name),
              await fetch("not an address").catch((e) => e.name),
            ];
            """,
            network: network);
        Assert.Equal("""["TimeoutError","AbortError","https://example.com/ redirects","TypeError","TypeError"]""", output.GetRawText());
    }

    [Fact]
    public async Task Request_under_way_is_cancelled_with_its_run()
    {
        var cancelled = new TaskCompletionSource();
        var network = new SandboxNetworkFake(async (_, cancellationToken) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                cancelled.SetResult();
            }

            throw new InvalidOperationException("It waits for ever.");
        });
        var error = await ErrorAsync(sandboxes.Impatient(Available[0]), "export default () => fetch('https://example.com/')", network);
        Assert.Equal(SandboxErrorCode.OutOfTime, error.Code);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Fault_of_the_network_is_no_result_and_leaves_no_process()
    {
        var network = new SandboxNetworkFake((_, _) => throw new InvalidTimeZoneException());
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() =>
            sandboxes.Strongest.RunAsync(Request("export default () => fetch('https://example.com/')", network: network), CancellationToken.None));
        Assert.Empty(sandboxes.Processes());
    }
}
