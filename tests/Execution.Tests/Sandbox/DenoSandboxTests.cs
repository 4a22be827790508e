using System.Text.Json;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Isolation;
using Jobs.Execution.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;
using static Jobs.Execution.Tests.Sandbox.SandboxFixture;

namespace Jobs.Execution.Tests.Sandbox;

public sealed class DenoSandboxTests(SandboxFixture sandboxes) : IClassFixture<SandboxFixture>
{
    private const string Endless = "export default () => new Promise(() => setInterval(() => {}, 1000));";

    public static TheoryData<ProcessIsolation> Isolations => new(Available);

    [Theory]
    [InlineData("")]
    [InlineData("lock")]
    [InlineData("root/harness.js")]
    public async Task Work_folder_that_was_cleaned_away_is_made_anew(string part)
    {
        var temp = Path.Combine(sandboxes.TempFolder, "cleaned");
        using var sandbox = new DenoSandbox(new() { TempFolder = temp }, TimeProvider.System, NullLogger<DenoSandbox>.Instance);
        Assert.Equal("1", (await OutputAsync(sandbox, "export default () => 1")).GetRawText());

        var target = Path.Combine(Directory.EnumerateDirectories(temp).Single(), part);
        if (File.Exists(target))
        {
            File.Delete(target);
        }
        else
        {
            Directory.Delete(target, recursive: true);
        }

        Assert.Equal("2", (await OutputAsync(sandbox, "export default () => 2")).GetRawText());
        Assert.Single(Directory.EnumerateDirectories(temp));
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Function_gets_its_input_and_context_and_gives_its_output(ProcessIsolation isolation)
    {
        var result = await sandboxes[isolation].RunAsync(
            Request(
                "export default async (input, context) => { console.log('one', { two: 2 }); console.error('three'); return { input, context }; };",
                """{"text":"Zähler 🎉 \" \\ \u2028","n":[1.5,null,true]}""",
                new Dictionary<string, string> { ["__proto__"] = "a-value-1", ["KEY"] = "a-value-2" }),
            CancellationToken.None);

        Assert.Null(result.Error);
        Assert.Equal("one { two: 2 }\nthree\n", result.Logs);
        Assert.True(result.StartUp > TimeSpan.Zero && result.Run > TimeSpan.Zero);
        var expected =
            """
            {
              "input": { "text": "Zähler 🎉 \" \\ \u2028", "n": [1.5, null, true] },
              "context": {
                "agentId": "ag3ntAG3NT", "runId": "run_1", "trigger": "manual", "now": "2026-11-23T08:00:00.000Z",
                "secrets": { "__proto__": "[secret __proto__]", "KEY": "[secret KEY]" }
              }
            }
            """;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(result.Output!).RootElement), result.Output);
    }

    [Theory]
    [InlineData("export default () => {};", "null")]
    [InlineData("export default () => null;", "null")]
    [InlineData("export default function () { return 1; }", "1")]
    [InlineData("export default { async then(f) { f(1); } }.constructor;", "{}")]
    [InlineData("const run = () => ({ a: undefined, b: [undefined, () => 1], c: new Date(0) }); export { run as default };", """{"b":[null,null],"c":"1970-01-01T00:00:00.000Z"}""")]
    public async Task Output_is_what_JSON_makes_of_the_result(string code, string output)
    {
        Assert.Equal(output, (await sandboxes.Strongest.RunAsync(Request(code), CancellationToken.None)).Output);
    }

    [Theory]
    [InlineData("export const main = () => 1;", "The module has no function as its default export.")]
    [InlineData("export default 42;", "The module has no function as its default export.")]
    [InlineData("export default async () => {", "agent.js:1:")]
    [InlineData("\n  let x = ;", "agent.js:2:11")]
    [InlineData("import x from 'lodash'; export default () => x;", "lodash")]
    [InlineData("", "The module has no function as its default export.")]
    public async Task Module_without_a_function_is_an_invalid_program(string code, string message)
    {
        var error = await ErrorAsync(sandboxes.Strongest, code);
        Assert.Equal(SandboxErrorCode.InvalidProgram, error.Code);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task Error_has_the_codes_own_stack_and_nothing_of_ours()
    {
        var error = await ErrorAsync(sandboxes.Strongest, "const f = () => { throw new Error('boo'); };\nexport default () => f();");
        Assert.Equal(new SandboxError(SandboxErrorCode.Threw, "Error: boo\n    at f (agent.js:1:25)\n    at default (agent.js:2:22)"), error);
        Assert.Equal(SandboxErrorCode.Threw, (await ErrorAsync(sandboxes.Strongest, "throw new SyntaxError('when it is loaded'); export default () => 1;")).Code);
    }

    [Fact]
    public async Task Two_runs_share_nothing()
    {
        const string code =
            """
            const found = [globalThis.left, Object.prototype.left, Array.left, performance.now() > 60_000].filter(Boolean);
            globalThis.left = Object.prototype.left = Array.left = "left";
            export default () => found;
            """;
        var sandbox = sandboxes.Strongest;
        await sandbox.PrepareAsync(CancellationToken.None);
        var files = sandboxes.Files();
        var outputs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => sandbox.RunAsync(Request(code), CancellationToken.None)));
        Assert.All(outputs, result => Assert.Equal("[]", result.Output));
        Assert.Equal(files, sandboxes.Files());
    }

    [Fact]
    public async Task Secrets_leave_the_sandbox_neither_in_output_nor_logs_nor_errors()
    {
        var secrets = new Dictionary<string, string> { ["KEY"] = "pass\"word/ä" };
        const string code =
            """
            export default (input, { secrets }) => {
              const bytes = new TextEncoder().encode("user:" + secrets.KEY);
              const all = [secrets.KEY, JSON.stringify(secrets), encodeURIComponent(secrets.KEY), btoa(String.fromCharCode(...bytes))];
              console.log(secrets.KEY, all);
              if (input) throw new Error(all.join());
              return { [secrets.KEY]: all };
            };
            """;
        foreach (var input in new[] { "true", "false" })
        {
            var result = await sandboxes.Strongest.RunAsync(Request(code, input, secrets), CancellationToken.None);
            var told = result.Output + result.Error?.Message + result.Logs;
            Assert.DoesNotContain("pass", told);
            Assert.DoesNotContain("word", told);
            Assert.DoesNotContain("cGFzcy", told);
            Assert.Contains("[secret KEY]", result.Logs);
            Assert.Contains("[secret KEY]", result.Output ?? result.Error!.Message);
        }
    }

    [Fact]
    public async Task Cancelling_kills_the_run_and_those_that_wait_keep_their_turn()
    {
        using var sandbox = sandboxes.Create(new() { MaxConcurrent = 1 });
        await sandbox.PrepareAsync(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var run = sandbox.RunAsync(Request(Endless), cancellation.Token);
        while (sandboxes.Processes().Count == 0)
        {
            Assert.False(run.IsCompleted);
            await Task.Yield();
        }

        // A second one waits for the only slot; it can be cancelled there, and does not take the slot with it.
        using var impatience = new CancellationTokenSource();
        var waiting = sandbox.RunAsync(Request(Endless), impatience.Token);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(run.IsCompleted);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Empty(sandboxes.Processes());
        Assert.Equal("1", (await sandbox.RunAsync(Request("export default () => 1"), CancellationToken.None)).Output);
    }

    [Theory]
    [MemberData(nameof(Isolations))]
    public async Task Run_past_the_time_limit_is_killed_and_leaves_no_process(ProcessIsolation isolation)
    {
        var error = await ErrorAsync(sandboxes.Impatient(isolation), Endless);
        Assert.Equal(new SandboxError(SandboxErrorCode.OutOfTime, "The run took longer than 0.6 s."), error);
        Assert.Empty(sandboxes.Processes());
    }

    [Fact]
    public async Task Waiting_for_a_turn_is_no_run_time()
    {
        using var sandbox = sandboxes.Create(new() { MaxConcurrent = 1, TimeLimit = TimeSpan.FromSeconds(1.5) });
        await sandbox.PrepareAsync(CancellationToken.None);
        var first = sandbox.RunAsync(Request(Endless), CancellationToken.None);
        var second = sandbox.RunAsync(Request("export default () => new Promise((resolve) => setTimeout(resolve, 200, 'done'))"), CancellationToken.None);
        Assert.Equal(SandboxErrorCode.OutOfTime, (await first).Error!.Code);
        var result = await second;
        Assert.Equal("\"done\"", result.Output);
        Assert.True(result.Run < TimeSpan.FromSeconds(1.5));
    }

    /// <summary>At every moment of its start: before there is a group to kill, while a program is just being made, and later.</summary>
    [Fact]
    public async Task Cancelling_at_any_moment_leaves_no_process_and_loses_no_slot()
    {
        const int runs = 500;
        const int slots = 2;
        using var sandbox = sandboxes.Create(new() { MaxConcurrent = slots });
        await sandbox.PrepareAsync(CancellationToken.None);
        var random = new Random(8);
        var delays = Enumerable.Range(0, runs).Select(_ => TimeSpan.FromMilliseconds(40 * random.NextDouble())).ToArray();
        await Parallel.ForEachAsync(delays, new ParallelOptions { MaxDegreeOfParallelism = slots }, async (delay, _) =>
        {
            using var cancellation = new CancellationTokenSource(delay);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sandbox.RunAsync(Request(Endless), cancellation.Token)).WaitAsync(TimeSpan.FromSeconds(100));
        });

        Assert.Empty(sandboxes.Processes());
        var both = Enumerable.Range(0, slots).Select(_ => sandbox.RunAsync(Request("export default () => 1"), CancellationToken.None));
        Assert.All(await Task.WhenAll(both), result => Assert.Equal("1", result.Output));
    }

    [Fact]
    public async Task Process_whose_parent_died_ends_by_itself()
    {
        Assert.True(OperatingSystem.IsLinux(), "Only Linux has what ends it.");
        using var root = await SandboxRoot.CreateAsync(
            new() { TempFolder = sandboxes.TempFolder, TimeLimit = TimeSpan.FromMilliseconds(100) },
            IsolationLevel.None,
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
            CancellationToken.None);
        // Nobody waits for this one, as if its host had been killed: the pipes stay open, which is worse than closed.
        using var orphan = ChildProcess.Start(root.Command(), root.WorkingFolder, root.Environment);
        await orphan.StandardInput.BaseStream.WriteAsync(SandboxFrame.Start(new byte[SandboxFrame.NonceBytes], Request(Endless)));
        await orphan.StandardInput.BaseStream.FlushAsync();
        using var patience = new CancellationTokenSource(SandboxBounds.TimeToStart + SandboxBounds.TimeToEnd + TimeSpan.FromSeconds(10));
        await orphan.WaitForExitAsync(patience.Token);
        await orphan.StandardOutput.BaseStream.CopyToAsync(Stream.Null, patience.Token);
        Assert.Empty(sandboxes.Processes());
    }

    [Fact]
    public async Task Missing_Deno_is_told_with_what_to_do()
    {
        var empty = Directory.CreateDirectory(Path.Combine(sandboxes.TempFolder, "empty"));
        using var sandbox = sandboxes.Create(new() { ToolsSearchStart = empty.FullName });
        var e = await Assert.ThrowsAsync<SandboxUnavailableException>(() => sandbox.RunAsync(Request("export default () => 1"), CancellationToken.None));
        Assert.Contains("is not installed", e.Message);
        Assert.Contains("npm ci", e.Message);
        empty.Delete();
    }

    [Fact]
    public async Task Disposing_leaves_no_folder()
    {
        var temp = Directory.CreateDirectory(Path.Combine(sandboxes.TempFolder, "disposed"));
        using (var sandbox = new DenoSandbox(new() { TempFolder = temp.FullName }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<DenoSandbox>.Instance))
        {
            Assert.Equal("1", (await sandbox.RunAsync(Request("export default () => 1"), CancellationToken.None)).Output);
            Assert.NotEmpty(temp.EnumerateFileSystemInfos());
        }

        Assert.Empty(temp.EnumerateFileSystemInfos());
        temp.Delete();
    }

    [Fact]
    public void Frame_without_the_nonce_is_none()
    {
        var head = new byte[SandboxFrame.HeadBytes];
        head[SandboxFrame.NonceBytes] = 3;
        head[^1] = (byte)'R';
        Assert.Equal(new SandboxFrame(SandboxFrameKind.Result, 3), SandboxFrame.Read(head, new byte[SandboxFrame.NonceBytes]));
        Assert.Null(SandboxFrame.Read(head, [.. new byte[SandboxFrame.NonceBytes - 1], 1]));
        head[^1] = (byte)'?';
        Assert.Null(SandboxFrame.Read(head, new byte[SandboxFrame.NonceBytes]));
    }
}
