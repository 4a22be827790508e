using System.Net;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace Jobs.Conformance.Rest;

/// <summary>What cannot be seen with an emulator: identities, retries, answers that go missing.</summary>
public sealed class RestTableClientTests
{
    private const string AlreadyExists = """{"odata.error":{"code":"EntityAlreadyExists","message":{"lang":"en-US","value":"The specified entity already exists."}}}""";

    [Fact]
    public async Task Identity_is_sent_as_a_bearer_token_for_storage()
    {
        var service = new ScriptedService(() => ScriptedService.Answer(HttpStatusCode.NoContent, etag: "W/\"1\""));
        var credential = new FixedToken();

        var response = await Table(service, credential).AddEntityAsync(new TableEntity("p", "r"));

        Assert.Equal(new ETag("W/\"1\""), response.Headers.ETag);
        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes!);
        var request = Assert.Single(service.Requests);
        Assert.Equal("Bearer token", request.Headers.Authorization!.ToString());
        Assert.Equal("https://jobs.table.core.windows.net/Jobs", request.RequestUri!.AbsoluteUri);
        Assert.Equal("2020-12-06", Assert.Single(request.Headers.GetValues("x-ms-version")));
    }

    [Fact]
    public async Task Busy_service_is_asked_again_as_the_options_say()
    {
        var service = new ScriptedService(
            () => ScriptedService.Answer(HttpStatusCode.ServiceUnavailable), () => throw new HttpRequestException("reset"), () => ScriptedService.Answer(HttpStatusCode.NoContent));

        await Table(service).UpsertEntityAsync(new TableEntity("p", "r"));

        Assert.Equal(3, service.Requests.Count);
    }

    [Fact]
    public async Task Busy_service_is_given_up_after_the_last_try()
    {
        var service = new ScriptedService(Enumerable.Repeat<Func<HttpResponseMessage>>(() => ScriptedService.Answer(HttpStatusCode.ServiceUnavailable), 4));

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => Table(service).UpsertEntityAsync(new TableEntity("p", "r")));

        Assert.Equal(503, refusal.Status);
        Assert.Equal(4, service.Requests.Count);
    }

    [Fact]
    public async Task Insert_whose_answer_was_lost_meets_itself_as_409()
    {
        var service = new ScriptedService(() => throw new HttpRequestException("the answer is lost"), () => ScriptedService.Answer(HttpStatusCode.Conflict, AlreadyExists));

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => Table(service).AddEntityAsync(new TableEntity("p", "r")));

        Assert.Equal((409, "EntityAlreadyExists"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task Policy_of_the_options_sees_each_try()
    {
        var options = Options(new ScriptedService(() => ScriptedService.Answer(HttpStatusCode.ServiceUnavailable), () => ScriptedService.Answer(HttpStatusCode.NoContent)));
        var policy = new CountingPolicy();
        options.AddPolicy(policy, HttpPipelinePosition.PerRetry);

        await Table(options).UpsertEntityAsync(new TableEntity("p", "r"));

        Assert.Equal(2, policy.Count);
    }

    [Fact]
    public async Task Transaction_with_an_answer_that_cannot_be_read_is_no_success()
    {
        var service = new ScriptedService(() => ScriptedService.Answer(HttpStatusCode.Accepted, "--batchresponse\r\nHTTP/1.1 204 No Content\r\n\r\n"));

        await Assert.ThrowsAsync<RequestFailedException>(() => Table(service).SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, new TableEntity("p", "1")), new(TableTransactionActionType.Add, new TableEntity("p", "2"))]));
    }

    [Fact]
    public async Task Refusal_without_the_services_json_keeps_its_status()
    {
        var service = new ScriptedService(() => ScriptedService.Answer(HttpStatusCode.Forbidden, "<html>proxy</html>"));

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => Table(service).GetEntityIfExistsAsync<TableEntity>("p", "r"));

        Assert.Equal(403, refusal.Status);
        Assert.Contains("proxy", refusal.Message, StringComparison.Ordinal);
    }

    private static TableClientOptions Options(ScriptedService service)
    {
        var options = new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(service)) };
        (options.Retry.MaxRetries, options.Retry.Delay, options.Retry.MaxDelay) = (3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        return options;
    }

    private static TableClient Table(ScriptedService service, TokenCredential? credential = null) => Table(Options(service), credential);

    private static TableClient Table(TableClientOptions options, TokenCredential? credential = null) =>
        new TableServiceClient(new Uri("https://jobs.table.core.windows.net"), credential ?? new FixedToken(), options).GetTableClient("Jobs");

    private sealed class FixedToken : TokenCredential
    {
        public string[]? Scopes { get; private set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return new AccessToken("token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    private sealed class CountingPolicy : HttpPipelineSynchronousPolicy
    {
        public int Count { get; private set; }

        public override void OnSendingRequest(HttpMessage message) => Count++;
    }
}
