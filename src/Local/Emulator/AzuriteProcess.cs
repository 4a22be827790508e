using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Emulator;

/// <summary>
/// A running Azurite, Microsoft's storage emulator, from the repository's <c>build/azurite</c>. Disposing asks it to end, which makes it save; it saves by
/// itself only every few seconds, so it must not be killed.
/// </summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    private const int TerminateSignal = 15;
    private const int StartsWithOtherPorts = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly StringBuilder _output;

    private readonly string[] _endpoints;

    private AzuriteProcess(Process process, StringBuilder output, int blobPort, int queuePort, int tablePort)
    {
        (_process, _output) = (process, output);
        _endpoints = [EmulatorAccount.Endpoint(blobPort), EmulatorAccount.Endpoint(queuePort), EmulatorAccount.Endpoint(tablePort)];
        ConnectionString =
            $"DefaultEndpointsProtocol=http;AccountName={EmulatorAccount.Name};AccountKey={EmulatorAccount.Key};" +
            $"BlobEndpoint={_endpoints[0]};QueueEndpoint={_endpoints[1]};TableEndpoint={_endpoints[2]}";
    }

    /// <summary>What a client connects with.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// Starts Azurite on free ports of the loopback and waits until it answers. Throws <see cref="InvalidOperationException"/>, saying what to do, when Node or
    /// the package is missing.
    /// </summary>
    /// <param name="startFolder">The folder from which the repository is looked for, upwards.</param>
    /// <param name="location">Where it keeps its data; null to keep it in memory.</param>
    /// <param name="cancellationToken">Gives up waiting and ends what was started.</param>
    public static async Task<AzuriteProcess> StartAsync(string startFolder, string? location, CancellationToken cancellationToken)
    {
        var script = AzuriteInstallation.FindScript(startFolder);
        for (var attempt = 1; ; attempt++)
        {
            var azurite = Start(script, location);
            try
            {
                await azurite.WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
                return azurite;
            }
            catch (Exception e)
            {
                await azurite.DisposeAsync().ConfigureAwait(false);

                // Another process may have taken a port between its choice and its use.
                if (attempt == StartsWithOtherPorts || e is not IOException)
                    throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows())
                _process.Kill();
            else
                _ = Kill(_process.Id, TerminateSignal);
            using var timeout = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private static AzuriteProcess Start(string script, string? location)
    {
        var (blobPort, queuePort, tablePort) = FreePorts();
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[script, "--silent", "--skipApiVersionCheck", "--loose", "--disableTelemetry",
            "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
            "--blobPort", $"{blobPort}", "--queuePort", $"{queuePort}", "--tablePort", $"{tablePort}"])
        {
            start.ArgumentList.Add(argument);
        }

        if (location is null)
        {
            start.ArgumentList.Add("--inMemoryPersistence");
        }
        else
        {
            Directory.CreateDirectory(location);
            start.ArgumentList.Add("--location");
            start.ArgumentList.Add(location);
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("Azurite needs Node.js: install Node 20 or newer.", e);
        }

        var output = new StringBuilder();
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new AzuriteProcess(process, output, blobPort, queuePort, tablePort);

        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (output)
                output.AppendLine(line.Data);
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var started = Stopwatch.StartNew();
        foreach (var endpoint in _endpoints)
        {
            while (!await AnswersAsync(http, endpoint, cancellationToken).ConfigureAwait(false))
            {
                if (_process.HasExited)
                    throw new IOException($"Azurite ended with exit code {_process.ExitCode}: {Output()}");
                if (started.Elapsed > StartTimeout)
                    throw new TimeoutException($"Azurite did not answer within {StartTimeout.TotalSeconds} s: {Output()}");
                await Task.Delay(ProbeInterval, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Any answer will do: without a signature it is a refusal.</summary>
    private static async Task<bool> AnswersAsync(HttpClient http, string endpoint, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string Output()
    {
        lock (_output)
            return _output.ToString();
    }

    private static (int Blob, int Queue, int Table) FreePorts()
    {
        // All three are held at once, so that they differ.
        using TcpListener blob = Listen(), queue = Listen(), table = Listen();
        return (Port(blob), Port(queue), Port(table));

        static TcpListener Listen()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return listener;
        }

        static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
