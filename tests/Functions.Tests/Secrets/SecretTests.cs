using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Domain.Secrets;
using Jobs.Functions.Secrets;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Tests.Secrets;

public sealed class SecretTests
{
    private const string Name = "API_TOKEN";
    private const string Value = "s3cr3t-value-that-nobody-sees";

    [Fact]
    public async Task Put_stores_a_value_for_runs_and_shows_its_name_only()
    {
        await using var app = await TestApp.StartAsync();
        var agentId = await CreateAgentAsync(app);

        using var put = await PutAsync(app, agentId, Name, Value);
        var list = await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}/secrets");

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Payload.AssertMatches("001-secret.json", await put.ReadJsonAsync());
        Payload.AssertMatches("001-secret-list.json", list);
        Assert.DoesNotContain(Value, list.GetRawText());
        Assert.Equal(Value, Assert.Single(await ReadAsync(app, "acme", agentId, Name)).Value);
    }

    [Fact]
    public async Task Put_again_replaces_the_value()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        var agentId = await CreateAgentAsync(app);

        using var first = await PutAsync(app, agentId, Name, Value);
        time.Advance(TimeSpan.FromSeconds(1));
        using var second = await PutAsync(app, agentId, Name, "another value");

        Assert.Equal(["another value"], (await ReadAsync(app, "acme", agentId, Name)).Values);
        var shown = (await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}/secrets")).GetProperty("secrets").EnumerateArray().Single();
        Assert.Equal((await second.ReadJsonAsync()).GetRawText(), shown.GetRawText());
        Assert.NotEqual((await first.ReadJsonAsync()).GetRawText(), shown.GetRawText());
    }

    [Fact]
    public async Task List_is_in_order_of_the_names_and_empty_at_first()
    {
        await using var app = await TestApp.StartAsync();
        var agentId = await CreateAgentAsync(app);

        Assert.Empty(await NamesAsync(app, agentId));
        foreach (var name in new[] { "B", "A_2", "A" })
        {
            (await PutAsync(app, agentId, name, Value)).Dispose();
        }

        Assert.Equal(["A", "A_2", "B"], await NamesAsync(app, agentId));
    }

    [Fact]
    public async Task Delete_removes_a_secret_and_is_404_the_second_time()
    {
        await using var app = await TestApp.StartAsync();
        var agentId = await CreateAgentAsync(app);
        (await PutAsync(app, agentId, Name, Value)).Dispose();
        (await PutAsync(app, agentId, "KEPT", Value)).Dispose();

        var deleted = await app.Client.DeleteFromJsonAsync<JsonElement>($"v1/agents/{agentId}/secrets/{Name}");
        using var again = await app.Client.DeleteAsync($"v1/agents/{agentId}/secrets/{Name}");
        using var malformed = await app.Client.DeleteAsync($"v1/agents/{agentId}/secrets/no");

        Assert.Equal("""{"success":true}""", deleted.GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal("secret_not_found", (await again.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.NotFound, malformed.StatusCode);
        Assert.Equal(["KEPT"], await NamesAsync(app, agentId));
        Assert.Equal(["KEPT"], (await ReadAsync(app, "acme", agentId, Name, "KEPT")).Keys);
    }

    [Fact]
    public async Task Agent_of_another_tenant_is_the_same_404_as_none_on_every_route()
    {
        await using var app = await TestApp.StartAsync();
        var agentId = await CreateAgentAsync(app);
        (await PutAsync(app, agentId, Name, Value)).Dispose();

        foreach (var (method, path) in new[] { ("GET", ""), ("PUT", $"/{Name}"), ("DELETE", $"/{Name}") })
        {
            using var theirs = await SendAsync($"v1/agents/{agentId}/secrets{path}");
            using var none = await SendAsync($"v1/agents/Wbk5MPTfzx/secrets{path}");
            using var malformed = await SendAsync($"v1/agents/x/secrets{path}");

            Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
            Assert.Equal(await none.Content.ReadAsStringAsync(), await theirs.Content.ReadAsStringAsync());
            Assert.Equal(await none.Content.ReadAsStringAsync(), await malformed.Content.ReadAsStringAsync());

            Task<HttpResponseMessage> SendAsync(string address) => app.OtherTenant.SendAsync(
                new HttpRequestMessage(new HttpMethod(method), address) { Content = method == "PUT" ? JsonContent.Create(new { value = Value }) : null });
        }

        Assert.Equal([Value], (await ReadAsync(app, "acme", agentId, Name)).Values);
    }

    [Fact]
    public async Task Value_does_not_open_for_another_tenant_or_under_another_name()
    {
        await using var app = await TestApp.StartAsync();
        var agentId = await CreateAgentAsync(app);
        (await PutAsync(app, agentId, Name, Value)).Dispose();
        var store = app.Services.GetRequiredService<SecretStore>();
        var stolen = (await store.FindAsync(agentId, Name, CancellationToken.None))!;
        await store.WriteAsync(agentId, "STOLEN", stolen, DateTimeOffset.UtcNow, SecretLimits.MaxSecrets, CancellationToken.None);

        await Assert.ThrowsAsync<SecretsUnavailableException>(() => ReadAsync(app, "other", agentId, Name));
        await Assert.ThrowsAsync<SecretsUnavailableException>(() => ReadAsync(app, "acme", agentId, "STOLEN"));
    }

    [Theory]
    [InlineData("A", true)]
    [InlineData("A1_B", true)]
    [InlineData("a", false)]
    [InlineData("1A", false)]
    [InlineData("_A", false)]
    [InlineData("A-B", false)]
    [InlineData("A%20B", false)]
    [InlineData("A%2FB", false)]
    [InlineData("%C3%84", false)]
    public async Task Name_follows_the_rule(string name, bool isValid)
    {
        await using var app = await TestApp.StartAsync();
        using var response = await PutAsync(app, await CreateAgentAsync(app), name, Value);

        Assert.Equal(isValid ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
        if (!isValid)
        {
            Assert.Equal("name", (await response.ReadJsonAsync()).GetProperty("errors")[0].GetProperty("field").GetString());
        }
    }

    [Fact]
    public async Task Name_and_value_may_be_as_long_as_their_limits_say_and_not_longer_or_shorter()
    {
        await using var app = await TestApp.StartAsync();
        var agentId = await CreateAgentAsync(app);

        Assert.Equal(200, await StatusAsync(new string('A', SecretName.MaxLength), Value));
        Assert.Equal(400, await StatusAsync(new string('A', SecretName.MaxLength + 1), Value));
        Assert.Equal(200, await StatusAsync(Name, new string('x', SecretLimits.MinValueBytes)));
        Assert.Equal(400, await StatusAsync(Name, new string('x', SecretLimits.MinValueBytes - 1)));
        Assert.Equal(200, await StatusAsync(Name, new string('é', SecretLimits.MaxValueBytes / 2)));
        Assert.Equal([new string('é', SecretLimits.MaxValueBytes / 2)], (await ReadAsync(app, "acme", agentId, Name)).Values);
        Assert.Equal(400, await StatusAsync(Name, new string('é', SecretLimits.MaxValueBytes / 2) + "x"));
        Assert.Equal(400, await StatusAsync(Name, new string(' ', SecretLimits.MinValueBytes)));

        async Task<int> StatusAsync(string name, string value)
        {
            using var response = await PutAsync(app, agentId, name, value);
            return (int)response.StatusCode;
        }
    }

    [Theory]
    [InlineData("{}", "value")]
    [InlineData("""{"value":null}""", "value")]
    [InlineData("""{"value":12345678}""", "value")]
    [InlineData("""{"value":"s3cr3t"}""", "value")]
    public async Task Body_that_breaks_a_rule_is_400_and_the_answer_does_not_repeat_it(string body, string field)
    {
        await using var app = await TestApp.StartAsync();
        var agentId = await CreateAgentAsync(app);

        using var response = await app.Client.PutAsync($"v1/agents/{agentId}/secrets/{Name}", new StringContent(body, Encoding.UTF8, "application/json"));
        var answer = await response.ReadJsonAsync();

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(field, answer.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.DoesNotContain("s3cr3t", answer.GetRawText());
        Assert.DoesNotContain("12345678", answer.GetRawText());
    }

    [Fact]
    public async Task Agent_may_have_as_many_secrets_as_the_limit_says_also_when_they_come_at_once()
    {
        await using var app = await TestApp.StartAsync();
        var agentId = await CreateAgentAsync(app);

        var answers = await Task.WhenAll(Enumerable.Range(0, SecretLimits.MaxSecrets + 10).Select(async i =>
        {
            using var response = await PutAsync(app, agentId, $"S_{i}", $"value number {i}");
            return response.StatusCode;
        }));

        Assert.Equal(SecretLimits.MaxSecrets, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(10, answers.Count(status => status == HttpStatusCode.Conflict));
        var names = await NamesAsync(app, agentId);
        Assert.Equal(SecretLimits.MaxSecrets, names.Length);
        Assert.Equal(SecretLimits.MaxSecrets, (await ReadAsync(app, "acme", agentId, names)).Count);

        using var replaced = await PutAsync(app, agentId, names[0], "another value");
        using var more = await PutAsync(app, agentId, "ONE_MORE", Value);
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        Assert.Equal("too_many_secrets", (await more.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Empty(await ReadAsync(app, "acme", agentId, "ONE_MORE"));
    }

    [Fact]
    public async Task Deleting_the_agent_deletes_its_secrets_and_no_others()
    {
        await using var app = await TestApp.StartAsync();
        var (agentId, other) = (await CreateAgentAsync(app), await CreateAgentAsync(app));
        (await PutAsync(app, agentId, Name, Value)).Dispose();
        (await PutAsync(app, other, Name, Value)).Dispose();

        (await app.Client.DeleteAsync($"v1/agents/{agentId}")).Dispose();

        Assert.Empty(await ReadAsync(app, "acme", agentId, Name));
        Assert.Empty(await app.Services.GetRequiredService<SecretVault>().ListAsync(agentId, CancellationToken.None));
        Assert.Equal([Value], (await ReadAsync(app, "acme", other, Name)).Values);
    }

    [Fact]
    public async Task Without_the_setting_every_route_is_503_and_nothing_is_stored()
    {
        await using var app = await TestApp.StartAsync(arguments: ["--Jobs:SecretsKey", ""]);
        var agentId = await CreateAgentAsync(app);

        using var put = await PutAsync(app, agentId, Name, Value);
        using var list = await app.Client.GetAsync($"v1/agents/{agentId}/secrets");
        using var delete = await app.Client.DeleteAsync($"v1/agents/{agentId}/secrets/{Name}");

        foreach (var response in new[] { put, list, delete })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("secrets_not_configured", (await response.ReadJsonAsync()).GetProperty("code").GetString());
        }

        Assert.Empty(await ReadAsync(app, "acme", agentId, Name));
    }

    [Fact]
    public async Task Malformed_key_stops_the_start_with_a_message_that_does_not_show_it()
    {
        var key = TestApp.SecretsKey[..^4];

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(arguments: ["--Jobs:SecretsKey", key]));

        Assert.Contains(SecretKeys.SettingName, error.Message);
        Assert.DoesNotContain(key, error.ToString());
    }

    [Fact]
    public async Task Value_is_in_no_file_of_the_data_folder_and_in_no_log_line()
    {
        var folder = Directory.CreateTempSubdirectory("jobs-test-");
        using var log = new LogLines();
        await using (var app = await TestApp.StartAsync(
            services => services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace)), data: folder.FullName))
        {
            var agentId = await CreateAgentAsync(app);
            (await PutAsync(app, agentId, Name, Value)).Dispose();
            (await PutAsync(app, agentId, "TWO", Value)).Dispose();
            (await PutAsync(app, agentId, Name, Value + new string('x', SecretLimits.MaxValueBytes))).Dispose();
            (await app.Client.DeleteAsync($"v1/agents/{agentId}/secrets/TWO")).Dispose();
            Assert.Equal([Value], (await ReadAsync(app, "acme", agentId, Name)).Values);
        }

        var files = folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => File.ReadAllBytes(file.FullName)).ToArray();
        Assert.Contains(files, file => Holds(file, Name));
        Assert.NotEmpty(log.Lines);
        foreach (var form in new[] { Value, Convert.ToBase64String(Encoding.UTF8.GetBytes(Value))[..^4], Convert.ToHexString(Encoding.UTF8.GetBytes(Value)) })
        {
            Assert.DoesNotContain(files, file => Holds(file, form));
            Assert.DoesNotContain(log.Lines, line => line.Contains(form, StringComparison.OrdinalIgnoreCase));
        }

        folder.Delete(recursive: true);

        static bool Holds(byte[] file, string text) =>
            file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || file.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
    }

    private static async Task<string> CreateAgentAsync(TestApp app)
    {
        using var response = await app.Client.PostAsJsonAsync("v1/agents", new { name = "Agent" });
        return (await response.ReadJsonAsync()).GetProperty("agentId").GetString()!;
    }

    private static Task<HttpResponseMessage> PutAsync(TestApp app, string agentId, string name, string value) =>
        app.Client.PutAsJsonAsync($"v1/agents/{agentId}/secrets/{name}", new { value });

    private static async Task<string[]> NamesAsync(TestApp app, string agentId) =>
    [
        .. (await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}/secrets")).GetProperty("secrets").EnumerateArray()
            .Select(secret => secret.GetProperty("name").GetString()!),
    ];

    private static Task<IReadOnlyDictionary<string, string>> ReadAsync(TestApp app, string tenant, string agentId, params string[] names) =>
        app.Services.GetRequiredService<SecretVault>().ReadAsync(tenant, agentId, names, CancellationToken.None);

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
