using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Isolation;
using Jobs.Execution.Sandbox;

namespace Jobs.Execution.Tests.Sandbox;

/// <summary>
/// Every file in Attacks/ is an agent. Its first lines say how its run must end:
/// <code>
/// // expect: OutOfTime            the error's code, or
/// // expect: output "nothing"     the output as JSON
/// // message: regular expression  what the error's message must match; optional
/// // logs: regular expression     what the logs must match; optional
/// </code>
/// In the code, HOST/ is a folder of the machine with a secret in it that anyone may read, and PORT a port of 127.0.0.1 where somebody listens.
/// </summary>
public sealed partial class AttackTests : IClassFixture<SandboxFixture>, IDisposable
{
    private const string Mark = "s3cr3t-of-the-host";
    private const int MaxTries = 20;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Sandbox", "Attacks");

    private readonly SandboxFixture _sandboxes;
    private readonly string _host = Directory.CreateTempSubdirectory("host-secrets-").FullName;
    // Nobody else has this address: a port of 127.0.0.1 may be one that another test's server has just given up, and its clients still ask for.
    private readonly TcpListener _listener = new(OperatingSystem.IsMacOS() ? IPAddress.Loopback : new IPAddress([127, .. RandomNumberGenerator.GetBytes(2), 77]), 0);

    public AttackTests(SandboxFixture sandboxes)
    {
        _sandboxes = sandboxes;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_host, (UnixFileMode)0b111_111_111);
        }

        foreach (var (name, content) in new[]
        {
            ("secret.txt", Mark), ("secret.json", $"\"{Mark}\""), ("secret.js", $"export default '{Mark}';"), ("secret.ts", $"export default '{Mark}' as string;"),
        })
        {
            File.WriteAllText(Path.Combine(_host, name), content);
        }

        File.CreateSymbolicLink(Path.Combine(_host, "link"), "/etc/passwd");
        _listener.Start();
    }

    public static TheoryData<ProcessIsolation, string> Attacks
    {
        get
        {
            var data = new TheoryData<ProcessIsolation, string>();
            foreach (var attack in Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal))
            {
                data.Add(SandboxFixture.Available[0], attack);
                var code = Expectation().Match(File.ReadAllText(Path.Combine(Folder, attack))).Groups["code"].Value;
                if (SandboxFixture.Available[0] != ProcessIsolation.None && code is not (nameof(SandboxErrorCode.OutOfTime) or nameof(SandboxErrorCode.OutOfMemory)))
                {
                    // Deno's own walls, with nothing behind them. Time and memory are bounded in the same way with and without.
                    data.Add(ProcessIsolation.None, attack);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Attack_ends_as_it_must_and_leaves_the_machine_untouched(ProcessIsolation isolation, string attack)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, attack));
        var expected = Expectation().Match(text);
        Assert.True(expected.Success, $"{attack} does not say what is expected.");
        var server = (IPEndPoint)_listener.LocalEndpoint;
        var code = text.Replace("HOST/", _host + "/").Replace("127.0.0.1", server.Address.ToString()).Replace("PORT", server.Port.ToString());
        var sandbox = expected.Groups["code"].Value == nameof(SandboxErrorCode.OutOfTime) ? _sandboxes.Impatient(isolation) : _sandboxes[isolation];
        await sandbox.PrepareAsync(CancellationToken.None);
        var files = _sandboxes.Files();
        var host = Directory.GetFileSystemEntries(_host).Order().ToList();

        var result = await sandbox.RunAsync(
            SandboxFixture.Request(code, secrets: new Dictionary<string, string> { ["TOKEN"] = "of-this-run-only" }), CancellationToken.None);

        var told = $"{result.Error?.Code} {result.Error?.Message}\n{result.Output}\n{result.Logs}";
        Assert.DoesNotContain(Mark, told);
        Assert.DoesNotContain("root:x:0", told);
        Assert.DoesNotContain("of-this-run-only", told);
        Assert.False(_listener.Pending(), "It reached a server of this machine.");
        Assert.Equal(files, _sandboxes.Files());
        Assert.Equal(host, Directory.GetFileSystemEntries(_host).Order());
        Assert.Empty(_sandboxes.Processes());
        if (expected.Groups["output"] is { Success: true, Value: var output })
        {
            Assert.True(result.Error is null, told);
            Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(output).RootElement, JsonDocument.Parse(result.Output!).RootElement), $"{result.Output} is not {output}");
        }
        else
        {
            Assert.True(result.Error?.Code == Enum.Parse<SandboxErrorCode>(expected.Groups["code"].Value), told);
            Assert.InRange(result.Error!.Message.Length, 1, SandboxLimits.MaxErrorLength);
        }

        foreach (var (line, value) in new[] { (MessageLine(), result.Error?.Message), (LogsLine(), result.Logs) })
        {
            if (line.Match(text) is { Success: true } pattern)
            {
                Assert.Matches(pattern.Groups[1].Value.TrimEnd(), value);
            }
        }

        // What a run did to its realm or its process is gone with it.
        Assert.Equal("\"[1,2]\"", (await RunNextAsync(sandbox)).Output);
    }

    /// <summary>An ordinary run after an attack. On a busy machine the impatient sandbox ends even that, sometimes; anything else is told at once.</summary>
    private static async Task<SandboxResult> RunNextAsync(DenoSandbox sandbox)
    {
        for (var tries = 1; ; tries++)
        {
            var result = await sandbox.RunAsync(SandboxFixture.Request("export default () => JSON.stringify([1, 2].map(x => x))"), CancellationToken.None);
            if (result.Error?.Code is not SandboxErrorCode.OutOfTime || tries == MaxTries)
            {
                return result;
            }
        }
    }

    [Fact]
    public void There_are_at_least_thirty_attacks() => Assert.InRange(Directory.GetFiles(Folder).Length, 30, 1_000);

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_host, recursive: true);
    }

    [GeneratedRegex(@"\A// expect: (output (?<output>.+)|(?<code>\w+))\r?$", RegexOptions.Multiline)]
    private static partial Regex Expectation();

    [GeneratedRegex("^// message: (.+)$", RegexOptions.Multiline)]
    private static partial Regex MessageLine();

    [GeneratedRegex("^// logs: (.+)$", RegexOptions.Multiline)]
    private static partial Regex LogsLine();
}
