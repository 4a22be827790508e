using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Jobs.Domain.Identity;
using Jobs.Local.Commands;

namespace Jobs.Local.Tests.Commands;

/// <summary>The program as a user runs it: a process of its own.</summary>
public sealed class LocalProgramTests : IDisposable
{
    private const int SigTerm = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly string _data = Path.Combine(Directory.CreateTempSubdirectory("jobs-local-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_data)!, recursive: true);

    [Fact]
    public async Task Start_prints_address_and_key_alone_on_their_lines_and_SIGTERM_ends_it_with_0()
    {
        using var program = Start("--urls", "http://127.0.0.1:0", "--data", _data);
        var address = await LineAsync(program.Process, "listening on ");
        var key = await LineAsync(program.Process, "key: ");

        using var client = new HttpClient();
        var withoutKey = await client.GetAsync($"{address}/v1/widgets");
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {key}");
        var withKey = await client.GetAsync($"{address}/v1/widgets");
        Assert.Equal(0, Kill(program.Process.Id, SigTerm));
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.True(ApiKey.IsWellFormed(key));
        Assert.Equal(HttpStatusCode.Unauthorized, withoutKey.StatusCode);
        Assert.Equal(HttpStatusCode.OK, withKey.StatusCode);
        Assert.Equal(0, program.Process.ExitCode);
        Assert.Empty(await program.Process.StandardError.ReadToEndAsync());
    }

    [Fact]
    public async Task Port_in_use_is_one_line_and_exit_code_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        using var program = Start("--urls", $"http://{taken.LocalEndpoint}", "--data", _data);
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, program.Process.ExitCode);
        Assert.Empty(await program.Process.StandardOutput.ReadToEndAsync());
        var error = await program.Process.StandardError.ReadToEndAsync();
        Assert.StartsWith($"Cannot listen on http://{taken.LocalEndpoint}", error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Data_folder_that_cannot_be_made_is_one_line_and_exit_code_1()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_data)!);
        await File.WriteAllTextAsync(_data, "a file");

        await AssertRefusedAsync($"The data folder {Path.Combine(_data, "within")} cannot be used", "--data", Path.Combine(_data, "within"));
    }

    [Fact]
    public async Task Data_folder_in_use_is_one_line_and_exit_code_1()
    {
        using var first = Start("--urls", "http://127.0.0.1:0", "--data", _data);
        await LineAsync(first.Process, "listening on ");

        await AssertRefusedAsync($"The data folder {_data} cannot be used, or another process uses it", "--data", _data);
    }

    [Theory]
    [InlineData("tables.db")]
    [InlineData("durable.db")]
    public async Task Database_that_is_none_is_one_line_that_names_it_and_exit_code_1(string name)
    {
        var file = Path.Combine(Directory.CreateDirectory(_data).FullName, name);
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("This is not a database. ", 1_000)));

        await AssertRefusedAsync(file, "--data", _data);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65534")]
    [InlineData("many")]
    public async Task Storage_port_that_is_none_is_refused(string port)
    {
        using var program = Start("--urls", "http://127.0.0.1:0", "--data", _data, "--storage-port", port);
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, program.Process.ExitCode);
        Assert.Contains("--storage-port", await program.Process.StandardError.ReadToEndAsync());
    }

    [Theory]
    [InlineData(true, false, "key: the-key")]
    [InlineData(false, true, "key: the-key")]
    [InlineData(false, false, "The development key is in /d/development-key")]
    public void Key_is_shown_when_it_is_new_and_always_to_a_script(bool isNew, bool isRedirected, string expected)
    {
        var lines = ServeCommand.Greeting(new Uri("http://127.0.0.1:7071"), new KeyFile("the-key", "/d/development-key", isNew), isRedirected, "/d").Split('\n');

        Assert.Equal("listening on http://127.0.0.1:7071", lines[0]);
        Assert.Equal(expected, lines[1]);
    }

    [Fact]
    public void Data_folder_is_by_default_in_the_repository()
    {
        var repository = Directory.CreateDirectory(Path.Combine(_data, "repository"));
        File.WriteAllText(Path.Combine(repository.FullName, "Jobs.sln"), "");
        var within = repository.CreateSubdirectory("src/Local");

        Assert.Equal(Path.Combine(repository.FullName, ".data"), LocalAppOptions.DefaultDataFolder(within.FullName).FullName);
    }

    [Fact]
    public async Task Setting_of_the_AI_that_is_wrong_is_one_line_that_names_it_and_exit_code_1()
    {
        using var program = StartWith([("Ai__Model", "m"), ("Ai__Provider", "anthropic")], "--urls", "http://127.0.0.1:0", "--data", _data);
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, program.Process.ExitCode);
        Assert.Equal("The setting Ai:Key must be set: api.anthropic.com takes nothing without a key.", (await program.Process.StandardError.ReadToEndAsync()).TrimEnd());
    }

    [Fact]
    public async Task Setting_of_hosts_to_crawl_that_is_wrong_is_one_line_that_names_it_and_exit_code_1()
    {
        using var program = StartWith([("Local__CrawlHosts", "127.0.0.1")], "--urls", "http://127.0.0.1:0", "--data", _data);
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, program.Process.ExitCode);
        Assert.Equal("Local:CrawlHosts: '127.0.0.1' is not a host with a port, such as 127.0.0.1:8080.", (await program.Process.StandardError.ReadToEndAsync()).TrimEnd());
    }

    [Fact]
    public async Task Demo_crawls_the_sample_site()
    {
        using var program = Start("demo", "crawl", "--data", _data);
        var output = await program.Process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.True(program.Process.ExitCode == 0, await program.Process.StandardError.ReadToEndAsync());
        Assert.Contains("/teas/oolong.html: Oolong (", output);
        Assert.Contains("running: ", output);
        Assert.Contains("\"pagesCrawled\": 13,", output);
        Assert.Contains("/faq.html: The host answers with status 404. (http_status)", output);
    }

    [Fact]
    public async Task Demo_reports_on_the_sample_documents()
    {
        using var program = Start("demo", "report", "--data", _data);
        var output = await program.Process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.True(program.Process.ExitCode == 0, await program.Process.StandardError.ReadToEndAsync());
        Assert.Contains("REPORT_GENERATION: COMPLETED", output);
        Assert.Contains("missing: The customer must be allowed to audit the provider's premises once a year.", output);
        Assert.Contains("): The copy of the database has never been tested at its full size.", output);
        var page = await File.ReadAllTextAsync(Path.Combine(_data, "demo", "report", "report.html"));
        Assert.Contains("The move to Northwater", page);
        Assert.Contains("<svg", page);
    }

    [Fact]
    public async Task Demo_changes_a_repository_and_has_it_merged_again_and_again()
    {
        for (var time = 0; time < 2; time++)
        {
            using var program = Start("demo", "repository", "add a daily report for today", "--data", _data);
            var output = await program.Process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
            await program.Process.WaitForExitAsync().WaitAsync(Patience);

            Assert.True(program.Process.ExitCode == 0, await program.Process.StandardError.ReadToEndAsync());
            Assert.Matches("Branch: job/[a-z0-9]{8}", output);
            Assert.Matches(@"\+\+\+ b/reports/daily-\d{4}-\d\d-\d\d\.md", output);
            Assert.Contains("State: merged", output);
        }
    }

    [Fact]
    public async Task Ai_check_reads_the_settings_of_the_environment()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(404, "model not found"));

        using var program = StartWith([("Ai__Model", "m"), ("Ai__Endpoint", $"{server.Address}v1")], "ai", "check");
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, program.Process.ExitCode);
        Assert.StartsWith($"openai at {server.Address}v1/, model m, for widgets, agents, repositories", await program.Process.StandardOutput.ReadToEndAsync());
        Assert.Single((await program.Process.StandardError.ReadToEndAsync()).TrimEnd().Split('\n'), line => line.StartsWith("The AI service does not have the model that we ask for: ", StringComparison.Ordinal));
        Assert.False(Directory.Exists(_data));
    }

    private static async Task AssertRefusedAsync(string message, params string[] arguments)
    {
        using var program = Start(["--urls", "http://127.0.0.1:0", .. arguments]);
        await program.Process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, program.Process.ExitCode);
        var error = await program.Process.StandardError.ReadToEndAsync();
        Assert.Contains(message, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private static RunningProgram Start(params string[] arguments) => StartWith([], arguments);

    private static RunningProgram StartWith((string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(LocalProgram).Assembly.Location, null), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start)!);
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

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    /// <summary>Ends with the test, however that ends.</summary>
    private sealed record RunningProgram(Process Process) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill(entireProcessTree: true);
            Process.Dispose();
        }
    }
}
