using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jobs.Infrastructure.Tests.Bicep;

/// <summary>
/// The real Bicep compiler, as the server that it is for editors (<c>bicep jsonrpc</c>): one process for everything, because its start takes longer than what it is asked for. It is
/// asked one thing at a time. It reads and writes nothing of the user's: what it unpacks goes into a folder of ours.
/// </summary>
internal sealed class BicepProgram : IDisposable
{
    /// <summary>What one call may take on a busy machine, the first with the compiler's start.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private int _calls;

    /// <summary>Starts it.</summary>
    /// <param name="folder">For what it unpacks.</param>
    public BicepProgram(string folder)
    {
        var program = typeof(BicepProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Bicep").Value!;
        var start = new ProcessStartInfo(program, ["jsonrpc", "--stdio"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = folder;
        start.Environment["HOME"] = folder;
        // It does not live long enough for it to pay.
        start.Environment["DOTNET_TieredPGO"] = "0";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>Compiles a file, as <c>bicep build</c> and <c>bicep lint</c> do.</summary>
    public async Task<Compilation> CompileAsync(string path)
    {
        var result = await CallAsync("bicep/compile", new JsonObject { ["path"] = path });
        return new Compilation(
            result.GetProperty("success").GetBoolean(),
            [.. result.GetProperty("diagnostics").EnumerateArray().Select(found =>
                $"{found.GetProperty("source").GetString()}: {found.GetProperty("level").GetString()} {found.GetProperty("code").GetString()}: {found.GetProperty("message").GetString()}")],
            result.TryGetProperty("contents", out var template) ? template.GetString() : null);
    }

    /// <summary>A file as <c>bicep format</c> would have it.</summary>
    public async Task<string> FormatAsync(string path) => (await CallAsync("bicep/format", new JsonObject { ["path"] = path })).GetProperty("contents").GetString()!;

    /// <summary>What a deployment with a file of parameters would make, as <c>bicep snapshot</c> says.</summary>
    public async Task<string> SnapshotAsync(string path, string subscriptionId, string? resourceGroup)
    {
        var where = new JsonObject { ["tenantId"] = null, ["subscriptionId"] = subscriptionId, ["resourceGroup"] = resourceGroup, ["location"] = "westeurope", ["deploymentName"] = null };
        return (await CallAsync("bicep/getSnapshot", new JsonObject { ["path"] = path, ["metadata"] = where, ["externalInputs"] = null })).GetProperty("snapshot").GetString()!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task<JsonElement> CallAsync(string method, JsonObject parameters)
    {
        using var patience = new CancellationTokenSource(Patience);
        var call = Encoding.UTF8.GetBytes(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = ++_calls, ["method"] = method, ["params"] = parameters }.ToJsonString());
        var input = _process.StandardInput.BaseStream;
        await input.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {call.Length}\r\n\r\n")), patience.Token);
        await input.WriteAsync(call, patience.Token);
        await input.FlushAsync(patience.Token);

        var answer = JsonDocument.Parse(await ReadAsync(patience.Token)).RootElement;
        return answer.GetProperty("id").GetInt32() == _calls && answer.TryGetProperty("result", out var result) && result.ValueKind is JsonValueKind.Object
            ? result
            : throw new InvalidOperationException($"{method} of {parameters.ToJsonString()}: {answer.GetRawText()}");
    }

    private async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        var output = _process.StandardOutput.BaseStream;
        var header = new StringBuilder();
        var one = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await output.ReadExactlyAsync(one, cancellationToken);
            header.Append((char)one[0]);
        }

        var length = header.ToString().Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
        var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await output.ReadExactlyAsync(body, cancellationToken);
        return body;
    }
}

/// <summary>What came of compiling a file.</summary>
/// <param name="Succeeded">Whether there is a template.</param>
/// <param name="Findings">What the compiler and its linter have found: errors, warnings and hints.</param>
/// <param name="Template">The template; null where there is an error.</param>
internal sealed record Compilation(bool Succeeded, IReadOnlyList<string> Findings, string? Template);
