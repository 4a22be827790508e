using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Infrastructure.Tests.Delivery;

/// <summary>The Dockerfile: checked by a linter, and its steps run as far as they run without an engine.</summary>
public sealed partial class ContainerImageTests
{
    private static readonly string Dockerfile = Path.Combine(Repository.Root, "infra", "container", "Dockerfile");

    private static readonly IReadOnlyList<(string Instruction, string Arguments)> Instructions =
        [.. Continued().Replace(Comment().Replace(File.ReadAllText(Dockerfile), ""), " ").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).Select(parts => (parts[0], parts[1]))];

    private static IEnumerable<string> All(string instruction) => Instructions.Where(line => line.Instruction == instruction).Select(line => line.Arguments);

    [Fact]
    public async Task Linter_finds_nothing()
    {
        var end = await BoundedProgram.RunAsync(["node", Linter, "lint", Dockerfile]);

        Assert.Equal("", end.Output + end.Errors);
        Assert.Equal(0, end.ExitCode);
    }

    [Fact]
    public async Task Linter_finds_what_is_wrong()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "FROM scratch\nRUNN true\n");
        var end = await BoundedProgram.RunAsync(["node", Linter, "lint", path]);
        File.Delete(path);

        Assert.Contains("RUNN", end.Output);
    }

    [Fact]
    public void Every_image_that_it_begins_with_has_a_version() =>
        Assert.All(All("FROM"), image => Assert.Matches(@"^[\w./-]+:[\w.-]*\d[\w.-]*( AS \w+)?$", image));

    [Fact]
    public void App_is_published_as_the_tests_of_the_package_publish_it()
    {
        var publish = Assert.Single(All("RUN"), step => step.StartsWith("dotnet publish", StringComparison.Ordinal));
        var tested = TestedCommand().Matches(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Functions.Tests", "Deployment", "PublishTests.cs")))
            .Select(match => match.Groups[1].Value).Single(command => command.StartsWith("\"publish\"", StringComparison.Ordinal));
        // What it adds only spares it what it has done before.
        string[] arguments = [.. tested.Split(", ").Select(argument => argument.Trim('"')).Where(argument => argument is not ("--no-build" or "-p:RunAnalyzers=false" or "-nodeReuse:false"))];

        Assert.Equal(["publish", "Project", "-c", "Release", "-o", "Folder"], arguments);
        Assert.Equal(PublishCommand.Text.Replace("-o publish", "-o /publish", StringComparison.Ordinal), publish);
        Assert.Contains("--from=build /publish /home/site/wwwroot", All("COPY"));
    }

    [Fact]
    public async Task Step_that_looks_for_the_programs_of_the_jails_passes_where_they_are_and_fails_where_one_is_missing()
    {
        var step = Assert.Single(All("RUN"), step => step.Contains("command -v", StringComparison.Ordinal));
        var here = await BoundedProgram.RunAsync(["/bin/sh", "-c", step]);
        var nowhere = await BoundedProgram.RunAsync(["/bin/sh", "-c", $"PATH=/nowhere; {step}"]);

        Assert.Equal(0, here.ExitCode);
        Assert.Equal(8, here.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(1, nowhere.ExitCode);
    }

    [Fact]
    public void Step_that_looks_for_programs_names_those_that_the_app_looks_for()
    {
        var named = Named().Match(All("RUN").Single(step => step.Contains("command -v", StringComparison.Ordinal))).Groups[1].Value.Split(' ');
        var source = File.ReadAllText(Path.Combine(Repository.Root, "src", "Execution", "Isolation", "SystemPrograms.cs"));

        Assert.Equal(SystemProgram().Matches(source).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal), named);
    }

    [Theory]
    [InlineData("200 OK", 0)]
    [InlineData("503 Service Unavailable", 1)]
    public async Task Health_check_passes_for_an_app_that_answers_and_for_no_other(string status, int exitCode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, status);

        var end = await BoundedProgram.RunAsync(HealthCheck(((IPEndPoint)listener.LocalEndpoint).Port));

        Assert.Equal(exitCode, end.ExitCode);
        Assert.StartsWith("GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n", await answering);
    }

    [Fact]
    public async Task Health_check_fails_where_nobody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.NotEqual(0, (await BoundedProgram.RunAsync(HealthCheck(port))).ExitCode);
    }

    [Fact]
    public void Build_has_what_it_needs_and_no_secret_of_the_machine()
    {
        var ignored = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")).Where(line => line is not ("" or ['#', ..])).ToHashSet();

        string[] needed = ["build", "src", "host.json", "package.json", "package-lock.json", "global.json", "Directory.Build.props", "Directory.Packages.props", "local.settings.sample.json"];
        Assert.All(needed, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        Assert.All(needed, path => Assert.DoesNotContain(path, ignored));
        Assert.Superset(new HashSet<string> { ".azure", ".data", ".git", "local.settings.json" }, ignored);
    }

    private static string Linter => Path.Combine(Repository.Root, "build", "dockerfile", "node_modules", "dockerfile-utils", "bin", "dockerfile-utils");

    private static string[] HealthCheck(int port)
    {
        var check = Assert.Single(All("HEALTHCHECK"));
        var command = JsonSerializer.Deserialize<string[]>(check[check.IndexOf('[', StringComparison.Ordinal)..])!;
        Assert.Contains("/127.0.0.1/80 ", command[^1]);
        return [.. command[..^1], command[^1].Replace("/127.0.0.1/80 ", $"/127.0.0.1/{port} ", StringComparison.Ordinal)];
    }

    private static async Task<string> AnswerAsync(TcpListener listener, string status)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[1024];
        var length = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, length).EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer.AsMemory(length)) is > 0 and var read)
        {
            length += read;
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    [GeneratedRegex("^#.*\n", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"await RunAsync\((.+)\);")]
    private static partial Regex TestedCommand();

    [GeneratedRegex("^for program in ([a-z ]+);")]
    private static partial Regex Named();

    [GeneratedRegex(@"Find\(""(\w+)""\)")]
    private static partial Regex SystemProgram();
}
