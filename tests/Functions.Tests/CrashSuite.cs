using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Jobs.Local;

namespace Jobs.Functions.Tests;

/// <summary>What tests need that kill the program with SIGKILL. They are several classes, because those of one class run one after the other and take long.</summary>
public abstract class CrashSuite : IDisposable
{
    protected const int Kills = 2;

    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly string _data = Directory.CreateTempSubdirectory("jobs-crash-").FullName;

    /// <summary>The data folder of all lives of a test.</summary>
    protected string Data => _data;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    protected static int Progress(JsonElement job) => job.GetProperty("data").GetProperty("progress").GetInt32();

    protected static bool IsCompleted(JsonElement job) => job.GetProperty("data").GetProperty("status").GetString() == "completed";

    /// <summary>A port for all lives of a test: an issuer at another address has other users.</summary>
    protected static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private protected static (string Name, string Value)[] SettingsOf(ScriptedServer server) => [("Ai__Endpoint", $"{server.Address}v1"), ("Ai__Model", "scripted"), ("Ai__Key", "sk-test")];

    /// <summary>One run of the program, from its start to its kill.</summary>
    protected sealed class Life : IDisposable
    {
        private readonly Process _process;

        private Life(Process process, Uri address, string key)
        {
            _process = process;
            Client = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { { "Authorization", $"Bearer {key}" } } };
            Repositories = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { { "x-api-key", key } } };
            // What nobody reads would fill the pipes and stop the program.
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
        }

        public HttpClient Client { get; }

        /// <summary>The same caller as contract 002 wants it.</summary>
        public HttpClient Repositories { get; }

        public static Task<Life> StartAsync(string data, params (string Name, string Value)[] settings) => StartAsync(data, "http://127.0.0.1:0", settings);

        public static async Task<Life> StartAsync(string data, string url, params (string Name, string Value)[] settings)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(LocalProgram).Assembly.Location, "--urls", url, "--data", data])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var (name, value) in settings)
            {
                start.Environment[name] = value;
            }

            var process = Process.Start(start)!;
            var address = await LineAsync(process, "listening on ");
            return new Life(process, new Uri(address), await LineAsync(process, "key: "));
        }

        /// <summary>The ids of a new widget and its job, or null when the process died before it answered.</summary>
        public async Task<(string WidgetId, string JobId)?> TryCreateAsync()
        {
            try
            {
                using var response = await Client.PostAsJsonAsync("v1/widgets", new { name = "Counter", prompt = "a counter" });
                Assert.Equal(202, (int)response.StatusCode);
                var body = await response.ReadJsonAsync();
                return (body.GetProperty("widgetId").GetString()!, body.GetProperty("jobId").GetString()!);
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                return null;
            }
        }

        public async Task WaitUntilSucceededAsync(string jobId, DateTime deadline)
        {
            while (true)
            {
                var job = await Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}");
                var build = job.TryGetProperty("buildStatus", out var status) ? status.GetProperty("status").GetString() : null;
                if (build == "SUCCEEDED")
                {
                    return;
                }

                Assert.True(build != "FAILED" && job.GetProperty("status").GetString() != "failed", $"A crash may delay a job and not fail it: {job}");
                Assert.True(DateTime.UtcNow < deadline, $"The job does not end: {job}");
                await Task.Delay(50);
            }
        }

        public async Task WaitUntilAsync(string jobId, Func<JsonElement, bool> isThere, string path = "v1/jobs/")
        {
            for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
            {
                var job = await Client.GetFromJsonAsync<JsonElement>($"{path}{jobId}");
                if (isThere(job))
                {
                    return;
                }

                var status = (job.TryGetProperty("data", out var data) ? data : job).GetProperty("status").GetString();
                Assert.True(DateTime.UtcNow < deadline && status != "failed", $"The job does not get there: {job}");
            }
        }

        /// <summary>A client of a user of the program's own issuer.</summary>
        public async Task<HttpClient> NewUserAsync()
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["sub"] = "ann" });
            using var response = await Client.PostAsync("token", form);
            var token = (await response.ReadJsonAsync()).GetProperty("access_token").GetString();
            return new HttpClient { BaseAddress = Client.BaseAddress, DefaultRequestHeaders = { { "Authorization", $"Bearer {token}" } } };
        }

        /// <summary>Runs an agent and waits for the end.</summary>
        public async Task<JsonElement> RunAsync(string agentId)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/agents/{agentId}/run") { Content = JsonContent.Create(new { }) };
            request.Headers.Add("Prefer", "wait=30");
            using var response = await Client.SendAsync(request);
            return await response.ReadJsonAsync();
        }

        /// <summary>SIGKILL, to the program alone: the compilers that it started must not keep it from starting again.</summary>
        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public void Dispose()
        {
            Client.Dispose();
            Repositories.Dispose();
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }

            _process.Dispose();
        }

        private static async Task<string> LineAsync(Process process, string prefix)
        {
            while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                if (line.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return line[prefix.Length..];
                }
            }

            throw new InvalidOperationException($"No line '{prefix}': {await process.StandardError.ReadToEndAsync()}");
        }
    }
}
