using System.Text;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Sandbox;
using static Jobs.Execution.Tests.Sandbox.SandboxFixture;

namespace Jobs.Execution.Tests.Sandbox;

public sealed class SandboxLimitsTests(SandboxFixture sandboxes) : IClassFixture<SandboxFixture>
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Output_may_be_as_large_as_the_limit_and_no_larger(int more, bool fits)
    {
        // Two bytes a character, two quotation marks.
        var result = await RunAsync($"export default () => 'ä'.repeat({SandboxLimits.OutputBytes / 2 - 1}) + 'x'.repeat({more})");
        Assert.Equal(fits ? null : new SandboxError(SandboxErrorCode.OutputTooLarge, "The output is larger than 1024 KiB."), result.Error);
        Assert.Equal(fits ? SandboxLimits.OutputBytes : 0, Encoding.UTF8.GetByteCount(result.Output ?? ""));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Logs_are_kept_up_to_the_limit_and_then_a_line_says_so(int more, bool fits)
    {
        var result = await RunAsync($"export default () => {{ console.log('x'.repeat(99)); console.log('x'.repeat({SandboxLimits.LogBytes - 101 + more})); }}");
        Assert.Null(result.Error);
        var all = new string('x', 99) + "\n" + new string('x', SandboxLimits.LogBytes - 101 + more) + "\n";
        Assert.Equal(fits ? all : all[..^1] + "\n[The logs end here: a run may write 256 KiB.]\n", result.Logs);
    }

    [Fact]
    public async Task Logs_are_cut_between_characters()
    {
        var result = await RunAsync($"export default () => console.log('x' + '🎉'.repeat({SandboxLimits.LogBytes / 4}))");
        Assert.DoesNotContain('\uFFFD', result.Logs);
        Assert.EndsWith("🎉\n[The logs end here: a run may write 256 KiB.]\n", result.Logs);
    }

    [Fact]
    public async Task Secret_that_stands_where_the_logs_are_cut_is_not_half_told()
    {
        var secrets = new Dictionary<string, string> { ["KEY"] = "0123456789-secret" };
        for (var before = 5; before < 20; before += 7)
        {
            foreach (var limit in new[] { SandboxLimits.LogBytes, SandboxBounds.LogBytesTaken })
            {
                var code = $"export default (_, {{ secrets }}) => console.log('x'.repeat({limit - before}) + secrets.KEY + 'x'.repeat(100000))";
                var result = await sandboxes.Strongest.RunAsync(Request(code, secrets: secrets), CancellationToken.None);
                Assert.DoesNotContain("0123", result.Logs);
            }
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Error_is_as_long_as_the_limit_and_no_longer(int more, bool fits)
    {
        var error = await ErrorAsync(sandboxes.Strongest, $"export default () => {{ throw 'x'.repeat({SandboxLimits.MaxErrorLength + more}); }}");
        Assert.Equal(new string('x', SandboxLimits.MaxErrorLength - (fits ? 0 : 1)) + (fits ? "" : "…"), error.Message);
    }

    [Theory]
    [InlineData(SandboxBounds.OutputDepth, null)]
    [InlineData(SandboxBounds.OutputDepth + 1, SandboxErrorCode.InvalidOutput)]
    [InlineData(3_000, SandboxErrorCode.InvalidOutput)]
    public async Task Output_may_be_nested_as_deep_as_the_limit_and_no_deeper(int depth, SandboxErrorCode? code)
    {
        var result = await RunAsync($"export default () => {{ let x = 1; for (let i = 0; i < {depth}; i++) x = [x]; return x; }}");
        Assert.Equal(code, result.Error?.Code);
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(140, SandboxErrorCode.OutOfMemory)]
    public async Task Heap_may_be_as_large_as_the_limit_and_not_much_larger(int mebibytes, SandboxErrorCode? code)
    {
        // Arrays of numbers that are no small integers: 8 bytes each, on the heap.
        var result = await RunAsync(
            $"export default () => {{ const kept = []; for (let i = 0; i < {mebibytes * 4}; i++) {{ const part = []; for (let j = 0; j < 32768; j++) part.push(j + 0.5); kept.push(part); }} return kept.length; }}");
        Assert.Equal(code, result.Error?.Code);
    }

    [Theory]
    [InlineData(16, null)]
    [InlineData(256, SandboxErrorCode.OutOfMemory)]
    public async Task Buffers_may_fill_what_the_kernel_allows_and_no_more(int mebibytes, SandboxErrorCode? code)
    {
        var result = await RunAsync($"export default () => {{ const kept = []; for (let i = 0; i < {mebibytes}; i++) kept.push(new Uint8Array(1048576).fill(1)); return kept.length; }}");
        Assert.Equal(code, result.Error?.Code);
    }

    [Theory]
    [InlineData(SandboxBounds.MaxRequests, 0)]
    [InlineData(SandboxBounds.MaxRequests + 1, 1)]
    public async Task Run_may_make_as_many_requests_as_the_limit_and_no_more(int requests, int refused)
    {
        var network = new SandboxNetworkFake(request => SandboxNetworkFake.Ok(default, request.Url));
        var output = await OutputAsync(
            sandboxes.Strongest,
            $"export default async () => (await Promise.allSettled(Array.from({{ length: {requests} }}, () => fetch('https://example.com/')))).filter((r) => r.status === 'rejected').map((r) => r.reason.message)",
            network: network);
        Assert.Equal(Enumerable.Repeat("A run may make 100 requests and no more", refused), output.EnumerateArray().Select(message => message.GetString()));
        Assert.Equal(SandboxBounds.MaxRequests, network.Requests.Count);
    }

    [Fact]
    public async Task Requests_are_under_way_as_many_at_once_as_the_limit_and_no_more()
    {
        var full = new TaskCompletionSource();
        SandboxNetworkFake network = null!;
        network = new SandboxNetworkFake(async (request, cancellationToken) =>
        {
            if (network.MostAtOnce == SandboxBounds.MaxConcurrentRequests)
            {
                full.TrySetResult();
            }

            await full.Task.WaitAsync(cancellationToken);
            return SandboxNetworkFake.Ok(default, request.Url);
        });
        var output = await OutputAsync(
            sandboxes.Strongest,
            "export default async () => (await Promise.all(Array.from({ length: 30 }, () => fetch('https://example.com/')))).length",
            network: network);
        Assert.Equal(30, output.GetInt32());
        Assert.Equal(SandboxBounds.MaxConcurrentRequests, network.MostAtOnce);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Body_of_a_request_may_be_as_large_as_the_limit_and_no_larger(int more, bool fits)
    {
        var network = new SandboxNetworkFake(request => SandboxNetworkFake.Ok(default, request.Url));
        var output = await OutputAsync(
            sandboxes.Strongest,
            $"export default () => fetch('https://example.com/', {{ method: 'POST', body: new Uint8Array({SandboxBounds.RequestBodyBytes + more}) }}).then((r) => r.status, (e) => e.message)",
            network: network);
        Assert.Equal(fits ? "200" : $"The body of a request may have {SandboxBounds.RequestBodyBytes} bytes", output.ToString());
        Assert.Equal(fits ? [SandboxBounds.RequestBodyBytes] : [], network.Requests.Select(request => request.Body.Length));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Head_of_a_request_may_be_as_large_as_the_limit_and_no_larger(int more, bool fits)
    {
        var network = new SandboxNetworkFake(request => SandboxNetworkFake.Ok(default, request.Url));
        var around = """{"method":"GET","url":"https://example.com/","headers":[["a",""]]}""".Length;
        var output = await OutputAsync(
            sandboxes.Strongest,
            $"export default () => fetch('https://example.com/', {{ headers: {{ a: 'x'.repeat({SandboxBounds.RequestHeadBytes - around + more}) }} }}).then((r) => r.status, (e) => e.message)",
            network: network);
        Assert.Equal(fits ? "200" : $"The address and headers of a request may have {SandboxBounds.RequestHeadBytes} bytes together", output.ToString());
        Assert.Equal(fits ? 1 : 0, network.Requests.Count);
    }

    private Task<SandboxResult> RunAsync(string code) => sandboxes.Strongest.RunAsync(Request(code), CancellationToken.None);
}
