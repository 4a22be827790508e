using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Jobs.Functions.Tests.Runs;

/// <summary>Runs from the request to the answer in the sandbox that is deployed.</summary>
public sealed class RealRunTests
{
    [Fact]
    public async Task Run_gives_what_the_code_returned_and_logged_with_its_secrets_left_out()
    {
        await using var app = await TestApp.StartAsync(real: true);
        var agentId = await app.LayAgentAsync(secrets: ["TOKEN"], code: """
            export default async (input, context) => {
              console.log("token is " + context.secrets.TOKEN);
              return { sum: input.a + input.b, trigger: context.trigger };
            };
            """);
        (await app.Client.PutAsJsonAsync($"v1/agents/{agentId}/secrets/TOKEN", new { value = "hunter2hunter2" })).EnsureSuccessStatusCode();

        using var response = await app.Client.RunAsync(agentId, new { a = 2, b = 3 }, prefer: "wait=30");
        var run = await response.ReadJsonAsync();

        Assert.Equal((HttpStatusCode.OK, "completed"), (response.StatusCode, run.GetProperty("status").GetString()!));
        Assert.Equal("""{"sum":5,"trigger":"manual"}""", JsonSerializer.Serialize(run.GetProperty("output")));
        Assert.StartsWith("token is ", run.GetProperty("logs").GetString());
        Assert.DoesNotContain("hunter2", run.ToString());
    }

    [Fact]
    public async Task Endless_loop_is_stopped_on_request()
    {
        await using var app = await TestApp.StartAsync(real: true);
        var agentId = await app.LayAgentAsync(code: "export default () => { for (;;); };");
        var runId = await app.StartRunAsync(agentId);
        while ((await app.GetRunAsync(agentId, runId)).GetProperty("startedAt").ValueKind is JsonValueKind.Null)
        {
            await Task.Delay(10);
        }

        using var cancel = await app.Client.PostAsync($"v1/agents/{agentId}/runs/{runId}/cancel", null);
        var run = await app.WaitForRunAsync(agentId, runId);

        Assert.Equal(HttpStatusCode.Accepted, cancel.StatusCode);
        Assert.Equal("cancelled", run.GetProperty("status").GetString());
    }
}
