using Jobs.Local.Durable;
using Jobs.Local.Host;
using Jobs.Local.Storage;

namespace Jobs.Local.Tests.Host;

public sealed class SettingsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_of_the_settings_file_are_settings_and_double_underscores_make_a_hierarchy()
    {
        var configuration = Builder("""{ /* a comment */ "IsEncrypted": false, "Values": { "One": "1", "Ai__Key": "k", } }""").App.Configuration;

        Assert.Equal("1", configuration["One"]);
        Assert.Equal("k", configuration["Ai:Key"]);
    }

    [Fact]
    public void Environment_wins_over_the_file_and_the_command_line_over_both()
    {
        // PATH is in every environment.
        var environment = Builder("""{ "Values": { "PATH": "file", "Plain": "file" } }""").App.Configuration;
        var line = Builder("""{ "Values": { "Plain": "file" } }""", "--PATH", "line", "--Plain", "line").App.Configuration;

        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
        Assert.Equal("file", environment["Plain"]);
        Assert.Equal("line", line["PATH"]);
        Assert.Equal("line", line["Plain"]);
    }

    [Fact]
    public void Storage_is_the_data_folder_unless_the_command_line_says_otherwise()
    {
        const string ForCoreTools = """{ "Values": { "JobsStorage": "UseDevelopmentStorage=true" } }""";

        Assert.Equal(EmbeddedStorage.ConnectionString, Builder(ForCoreTools).App.Configuration["JobsStorage"]);
        Assert.Equal("UseDevelopmentStorage=true", Builder(ForCoreTools, "--JobsStorage", "UseDevelopmentStorage=true").App.Configuration["JobsStorage"]);
    }

    [Theory]
    [InlineData("""{ "IsEncrypted": true }""", "it does not know this 'IsEncrypted'")]
    [InlineData("""{ "ConnectionStrings": {} }""", "it does not know this 'ConnectionStrings'")]
    [InlineData("""{ "Values": { "N": 1 } }""", "the setting 'N' must be a text")]
    [InlineData("""{ "Values": """, "is not JSON")]
    [InlineData("""[]""", "must hold a JSON object")]
    public void Settings_file_that_cannot_be_honoured_is_refused(string content, string message) =>
        Assert.Contains(message, Assert.Throws<LocalHostException>(() => Builder(content)).Message);

    [Fact]
    public void Host_json_as_at_the_repositorys_root_is_read()
    {
        var read = Read("""
            {
              // Comments are allowed.
              "version": "2.0", "functionTimeout": "00:10:00", "logging": { "logLevel": { "default": "Information" } },
              "extensions": {
                "http": { "routePrefix": "/v9/" },
                "durableTask": {
                  "hubName": "Jobs", "tracing": { "version": "V2" },
                  "storageProvider": {
                    "type": "AzureStorage", "connectionName": "DurableStorage", "partitionCount": 2, "maxQueuePollingInterval": "00:00:01",
                    "controlQueueVisibilityTimeout": "00:01:00", "workItemQueueVisibilityTimeout": "00:02:00"
                  }, "maxConcurrentActivityFunctions": 3, "maxConcurrentOrchestratorFunctions": 5
                }
              }
            }
            """);

        Assert.Equal(
            new HostJson("v9", 3, 5, new AzureStorageHubOptions
            {
                Name = "Jobs",
                PartitionCount = 2,
                MaxQueuePollingInterval = TimeSpan.FromSeconds(1),
                ControlQueueVisibilityTimeout = TimeSpan.FromMinutes(1),
                WorkItemQueueVisibilityTimeout = TimeSpan.FromMinutes(2),
            }),
            read);
    }

    [Fact]
    public void Host_json_without_options_has_the_real_hosts_prefix() => Assert.Equal(new HostJson("api", null, null, new AzureStorageHubOptions()), Read("""{ "version": "2.0" }"""));

    [Theory]
    [InlineData("""{ "version": "2.0", "queues": {} }""", "does not know the option 'queues'")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": {} } }""", "does not know the option 'extensions.queues'")]
    [InlineData("""{ "version": "2.0", "extensions": { "http": { "hsts": {} } } }""", "does not know the option 'extensions.http.hsts'")]
    [InlineData("""{ "version": "2.0", "extensions": { "durableTask": { "extendedSessionsEnabled": true } } }""", "does not know the option 'extensions.durableTask.extendedSessionsEnabled'")]
    [InlineData("""{ "version": "2.0", "extensions": [] }""", "does not know the option 'extensions'")]
    [InlineData("""{ "version": "2.0", "extensions": { "http": { "routePrefix": 1 } } }""", "'extensions.http.routePrefix' must be a text")]
    [InlineData("""{ "version": "2.0", "extensions": { "durableTask": { "maxConcurrentActivityFunctions": 0 } } }""", "must be a positive whole number")]
    [InlineData("""{ "version": "2.0", "extensions": { "durableTask": { "storageProvider": { "maxQueuePollingInterval": "soon" } } } }""", "must be a length of time")]
    [InlineData("""{ "version": "2.0", "extensions": { "durableTask": { "storageProvider": { "leases": 1 } } } }""", "does not know the option 'extensions.durableTask.storageProvider.leases'")]
    [InlineData("""{ "version": "1.0" }""", "'version' must be \"2.0\"")]
    [InlineData("""{}""", "'version' must be \"2.0\"")]
    [InlineData("""{ "version" }""", "is not JSON")]
    public void Host_json_that_cannot_be_honoured_is_refused(string content, string message) =>
        Assert.Contains(message, Assert.Throws<LocalHostException>(() => Read(content)).Message);

    [Fact]
    public void Missing_host_json_is_refused() =>
        Assert.Contains("cannot be read", Assert.Throws<LocalHostException>(() => HostJson.Read(_folder.Path)).Message);

    private HostJson Read(string hostJson)
    {
        File.WriteAllText(Path.Combine(_folder.Path, HostJson.FileName), hostJson);
        return HostJson.Read(_folder.Path);
    }

    private LocalHostBuilder Builder(string settings, params string[] args)
    {
        File.WriteAllText(Path.Combine(_folder.Path, LocalSettings.FileName), settings);
        return TestHost.CreateBuilder(_folder, typeof(StartupTests.Hello), null, args);
    }
}
