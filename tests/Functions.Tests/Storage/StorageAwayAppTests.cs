using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Jobs.Domain;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Tests.Api;
using Jobs.Local.Storage;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Storage;

/// <summary>The whole app while its storage is away.</summary>
public sealed class StorageAwayAppTests
{
    /// <summary>What is answered all the same: it asks storage for nothing, or says by itself that storage is away (<see cref="Health.HealthTests"/>).</summary>
    private static readonly HashSet<string> NeedNoStorage = ["ServeWorkspaceAsset", "ServeAgentWorkspace", "ServeJobsWorkspace", "ServeUserJobsWorkspace", "ServeUserJobPage", "ServePullRequestWorkspace", "ReceiveGitHubWebhook", "ServeWidgetWorkspace", "GetSession", "EndSession", "GetLiveness", "GetReadiness"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    [Fact]
    public async Task Every_HTTP_function_that_needs_storage_is_503_with_Retry_After_and_works_again_afterwards()
    {
        var (app, storage) = await StartAsync();
        await using var _ = app;
        // The key is known from here on, so that the work itself meets the fault.
        (await app.Admin.GetAsync("v1/usage")).EnsureSuccessStatusCode();
        using var user = await app.NewUserAsync("ada", "admin");
        using var keyed = new HttpClient { BaseAddress = app.Address, DefaultRequestHeaders = { { "x-api-key", TestApp.AdminKey } } };
        storage.IsAway = true;

        foreach (var (name, verb, route) in HttpFunctions().Where(function => !NeedNoStorage.Contains(function.Name)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(verb.ToUpperInvariant()), PathOf(route)) { Content = BodyFor(verb, route) };
            using var response = await (IsRepository(route) ? keyed : IsAnalysis(route) ? user : app.Admin).SendAsync(request).WaitAsync(Patience);
            var body = await response.Content.ReadAsStringAsync();

            Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{name}: {response.StatusCode} {body}");
            Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
            var error = JsonElement.Parse(body);
            if (IsRepository(route))
            {
                Assert.StartsWith("Our storage does not answer at the moment.", error.GetProperty("error").GetString());
                continue;
            }

            Assert.Equal("storage_unavailable", (route.StartsWith("v1/api/", StringComparison.Ordinal) ? error.GetProperty("error") : error).GetProperty("code").GetString());
        }

        // The one call for which a contract says what it answers then.
        using var status = await keyed.GetAsync("api/jobs/status?job_id=abc12345");
        Assert.Equal(HttpStatusCode.InternalServerError, status.StatusCode);
        Payload.AssertMatches("002-internal-error.json", await status.ReadJsonAsync());

        storage.IsAway = false;
        await app.WaitUntilSettledAsync((await app.CreateWidgetAsync()).JobId);
    }

    [Fact]
    public async Task Key_whose_claim_storage_took_without_an_answer_can_be_used_again_long_before_the_claim_ends()
    {
        var (app, storage) = await StartAsync();
        await using var _ = app;
        (await app.Client.GetAsync("v1/usage")).EnsureSuccessStatusCode();
        storage.LosesAnswersOfWrites = true;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await CreateAsync(app));

        storage.LosesAnswersOfWrites = false;
        Assert.Equal(HttpStatusCode.Created, await CreateOnceLetGoAsync(app));
        Assert.Equal(1, (await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets")).GetProperty("total").GetInt32());
    }

    /// <summary>The clients send a write again whose answer was lost, and are told then that somebody was first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Claim_that_is_sent_twice_is_known_again_as_its_own(bool isTakenOver)
    {
        var (app, storage) = await StartAsync();
        await using var _ = app;
        (await app.Client.GetAsync("v1/usage")).EnsureSuccessStatusCode();
        if (isTakenOver)
        {
            storage.LosesAnswersOfWrites = true;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await CreateAsync(app));
            storage.LosesAnswersOfWrites = false;
        }

        storage.SendsClaimsTwice = true;

        Assert.Equal(HttpStatusCode.Created, isTakenOver ? await CreateOnceLetGoAsync(app) : await CreateAsync(app));
    }

    /// <summary>Creates a widget under the one key.</summary>
    private static async Task<HttpStatusCode> CreateAsync(TestApp app)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/widgets") { Content = JsonContent.Create(new { name = "Once" }) };
        request.Headers.Add("Idempotency-Key", "once");
        using var response = await app.Client.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>The first answer that is not 409; it comes long before the claim ends.</summary>
    private static async Task<HttpStatusCode> CreateOnceLetGoAsync(TestApp app)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            if (await CreateAsync(app) is not HttpStatusCode.Conflict and var status)
            {
                return status;
            }

            Assert.True(watch.Elapsed < IdempotentCreation.ClaimLifetime / 2, "The claim is held.");
        }
    }

    private static async Task<(TestApp App, Switch Storage)> StartAsync()
    {
        Switch? storage = null;
        var app = await TestApp.StartAsync(services => services.AddSingleton(provider => new StorageAccount(
            provider.GetRequiredService<IConfiguration>(), storage = new Switch(provider.GetRequiredService<EmbeddedStorage>().Transport))));
        return (app, storage!);
    }

    private static IEnumerable<(string Name, string Verb, string Route)> HttpFunctions() =>
        from method in typeof(Program).Assembly.GetTypes().SelectMany(type => type.GetMethods())
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        from trigger in method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).OfType<HttpTriggerAttribute>()
        from verb in trigger.Methods!
        select (function.Name, verb, trigger.Route!);

    /// <summary>An address that is well-formed: what is not is 404 without a look into storage.</summary>
    private static string PathOf(string route)
    {
        var jobId = Ids.NewJobId(DateTimeOffset.UtcNow);
        return Regex.Replace(route, @"\{\*?(\w+)[^}]*\}", place => place.Groups[1].Value switch
        {
            "jobId" => IsRepository(route) ? "abc12345" : IsAnalysis(route) ? Ids.NewJobUuid(DateTimeOffset.UtcNow) : jobId,
            "documentId" => new string('0', 32),
            "runId" => Ids.RunIdOf(jobId),
            "buildKey" => Guid.NewGuid().ToString(),
            "file" => "widget.js",
            "name" => "API_TOKEN",
            _ => "Wbk5MPTfzx",
        });
    }

    /// <summary>Every field that any call asks for; those that it does not know are ignored.</summary>
    private static JsonContent? BodyFor(string verb, string route) => verb is "get" or "delete"
        ? null
        : JsonContent.Create(new
        {
            name = "A",
            prompt = "a counter",
            content = "yes",
            value = "12345678",
            apiKey = TestApp.OtherKey,
            paused = true,
            query = "tea",
            job = "add a note",
            kind = "github",
            location = "owner/repo",
            type = IsAnalysis(route) ? "AI_PREVIEW" : "import",
            input = new { format = "csv", content = "title,text", prompt = "Hello" },
        });

    private static bool IsRepository(string route) => AuthenticationTests.IsRepository(route);

    private static bool IsAnalysis(string route) => route.StartsWith("api/", StringComparison.Ordinal);

    /// <summary>Another transport, until it is away.</summary>
    private sealed class Switch(HttpPipelineTransport inner) : HttpPipelineTransport
    {
        public volatile bool IsAway;

        /// <summary>What is to be written is written, and nobody hears of it.</summary>
        public volatile bool LosesAnswersOfWrites;

        /// <summary>Writes of claims are sent again once they are done.</summary>
        public volatile bool SendsClaimsTwice;

        public override Request CreateRequest() => inner.CreateRequest();

        public override void Process(HttpMessage message) => throw new NotSupportedException("The app calls storage asynchronously.");

        // As HttpClientTransport tells of a refused connection.
        public override async ValueTask ProcessAsync(HttpMessage message)
        {
            if (!IsAway)
            {
                await inner.ProcessAsync(message);
            }

            var isWrite = message.Request.Method != RequestMethod.Get;
            if (SendsClaimsTwice && isWrite && message.Request.Uri.ToUri().AbsolutePath.Contains("/Idempotency", StringComparison.Ordinal))
            {
                await inner.ProcessAsync(message);
            }

            if (IsAway || (LosesAnswersOfWrites && isWrite))
            {
                throw new RequestFailedException("refused", new HttpRequestException("refused"));
            }
        }
    }
}
