using Jobs.Generation.Ai;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Tests.Ai;

/// <summary>Whatever goes wrong with a call, through the real clients, has its name and its words, and says nothing that the provider said.</summary>
public sealed class AiFailureTests
{
    /// <summary>Stands in every answer of a provider here.</summary>
    private const string Raw = "raw-words-of-the-provider";

    private static readonly Dictionary<string, (ScriptedAnswer Answer, AiFailureKind Kind)> OpenAi = new()
    {
        ["401"] = (OpenAiAnswers.Error(401, $"Incorrect API key provided: {AiTestHost.Key} {Raw}", code: "invalid_api_key"), AiFailureKind.Unauthorised),
        ["403"] = (OpenAiAnswers.Error(403, Raw), AiFailureKind.Unauthorised),
        ["402"] = (OpenAiAnswers.Error(402, Raw), AiFailureKind.QuotaExhausted),
        ["404 of a model"] = (OpenAiAnswers.Error(404, $"model \"{Raw}\" not found, try pulling it first", "api_error"), AiFailureKind.UnknownModel),
        ["404 of a page"] = (OpenAiAnswers.Raw(Raw, "text/html") with { Status = 404 }, AiFailureKind.WrongEndpoint),
        ["405"] = (OpenAiAnswers.Raw(Raw, "text/html") with { Status = 405 }, AiFailureKind.WrongEndpoint),
        ["302"] = (OpenAiAnswers.Raw(Raw, "text/html") with { Status = 302 }, AiFailureKind.WrongEndpoint),
        ["408"] = (OpenAiAnswers.Error(408, Raw), AiFailureKind.TimedOut),
        ["413"] = (OpenAiAnswers.Error(413, Raw), AiFailureKind.ContextTooLong),
        ["429"] = (OpenAiAnswers.Error(429, Raw, "requests", "rate_limit_exceeded"), AiFailureKind.RateLimited),
        ["429 of a quota"] = (OpenAiAnswers.Error(429, Raw, "insufficient_quota", "insufficient_quota"), AiFailureKind.QuotaExhausted),
        ["500"] = (OpenAiAnswers.Error(500, Raw, "server_error"), AiFailureKind.Overloaded),
        ["503 without JSON"] = (OpenAiAnswers.Raw(Raw, "text/html") with { Status = 503 }, AiFailureKind.Overloaded),
        ["400"] = (OpenAiAnswers.Error(400, Raw), AiFailureKind.RequestRefused),
        ["422"] = (OpenAiAnswers.Error(422, Raw), AiFailureKind.RequestRefused),
        ["400 of a model"] = (OpenAiAnswers.Error(400, Raw, code: "model_not_found"), AiFailureKind.UnknownModel),
        ["context of OpenAI"] = (OpenAiAnswers.Error(400, Raw, code: "context_length_exceeded"), AiFailureKind.ContextTooLong),
        ["context of vLLM"] = (OpenAiAnswers.Error(400, $"This model's maximum context length is 4096 tokens. {Raw}", "BadRequestError"), AiFailureKind.ContextTooLong),
        ["context of llama.cpp"] = (OpenAiAnswers.Error(400, $"the request exceeds the available context size {Raw}", "exceed_context_size_error"), AiFailureKind.ContextTooLong),
        ["filter of Azure"] = (OpenAiAnswers.Error(400, Raw, code: "content_filter"), AiFailureKind.ContentFiltered),
        ["filtered answer"] = (OpenAiAnswers.Text(Raw, "content_filter"), AiFailureKind.ContentFiltered),
        ["half of JSON"] = (OpenAiAnswers.Raw($$"""{"id":"{{Raw}}","choices":["""), AiFailureKind.MalformedAnswer),
        ["no JSON"] = (OpenAiAnswers.Raw($"<html>{Raw}</html>", "text/html"), AiFailureKind.MalformedAnswer),
        ["empty"] = (OpenAiAnswers.Raw(""), AiFailureKind.MalformedAnswer),
        ["JSON of another shape"] = (OpenAiAnswers.Raw($$"""["{{Raw}}"]"""), AiFailureKind.MalformedAnswer),
        ["JSON without choices"] = (OpenAiAnswers.Raw($$"""{"id":"{{Raw}}","choices":[]}"""), AiFailureKind.MalformedAnswer),
        ["role that is none"] = (OpenAiAnswers.Raw(OpenAiAnswers.Text("x").Parts[0].Replace("assistant", Raw, StringComparison.Ordinal)), AiFailureKind.MalformedAnswer),
        ["broken body"] = (OpenAiAnswers.Raw($$"""{"id":"{{Raw}}",""").After(1, ScriptedEnd.Cut), AiFailureKind.AnswerCut),
        ["hung up"] = (ScriptedAnswer.HangUp, AiFailureKind.AnswerCut),
    };

    private static readonly Dictionary<string, (ScriptedAnswer Answer, AiFailureKind Kind)> OpenAiStreams = new()
    {
        ["429"] = (OpenAiAnswers.Error(429, Raw), AiFailureKind.RateLimited),
        ["cut in the middle"] = (OpenAiAnswers.Stream([Raw, "b"]).After(2, ScriptedEnd.Cut), AiFailureKind.AnswerCut),
        ["ended in the middle"] = (OpenAiAnswers.Stream([Raw, "b"]).After(2, ScriptedEnd.Complete), AiFailureKind.AnswerCut),
        ["half of an event"] = (OpenAiAnswers.Raw($"data: {{\"id\":\"{Raw}\n\n", "text/event-stream"), AiFailureKind.MalformedAnswer),
        ["error as an event"] = (OpenAiAnswers.Raw($"data: {{\"error\":{{\"message\":\"{Raw}\"}}}}\n\ndata: [DONE]\n\n", "text/event-stream"), AiFailureKind.AnswerCut),
        ["no events"] = (OpenAiAnswers.Raw($"<html>{Raw}</html>", "text/html"), AiFailureKind.MalformedAnswer),
        ["filtered"] = (OpenAiAnswers.Stream([Raw], "content_filter"), AiFailureKind.ContentFiltered),
    };

    private static readonly Dictionary<string, (ScriptedAnswer Answer, AiFailureKind Kind)> Anthropic = new()
    {
        ["401"] = (AnthropicAnswers.Error(401, $"{Raw} {AiTestHost.Key}", "authentication_error"), AiFailureKind.Unauthorised),
        ["403"] = (AnthropicAnswers.Error(403, Raw, "permission_error"), AiFailureKind.Unauthorised),
        ["404"] = (AnthropicAnswers.Error(404, $"model: {Raw}", "not_found_error"), AiFailureKind.UnknownModel),
        ["400"] = (AnthropicAnswers.Error(400, Raw, "invalid_request_error"), AiFailureKind.RequestRefused),
        ["413"] = (AnthropicAnswers.Error(413, Raw, "request_too_large"), AiFailureKind.ContextTooLong),
        ["context"] = (AnthropicAnswers.Error(400, $"prompt is too long: 210000 tokens > 200000 maximum {Raw}", "invalid_request_error"), AiFailureKind.ContextTooLong),
        ["balance"] = (AnthropicAnswers.Error(400, $"Your credit balance is too low {Raw}", "invalid_request_error"), AiFailureKind.QuotaExhausted),
        ["429"] = (AnthropicAnswers.Error(429, Raw, "rate_limit_error"), AiFailureKind.RateLimited),
        ["500"] = (AnthropicAnswers.Error(500, Raw, "api_error"), AiFailureKind.Overloaded),
        ["529"] = (AnthropicAnswers.Error(529, Raw, "overloaded_error"), AiFailureKind.Overloaded),
        ["refusal"] = (AnthropicAnswers.Text(Raw, "refusal"), AiFailureKind.ContentFiltered),
        ["half of JSON"] = (OpenAiAnswers.Raw($$"""{"id":"{{Raw}}","content":["""), AiFailureKind.MalformedAnswer),
        ["no JSON"] = (OpenAiAnswers.Raw($"<html>{Raw}</html>", "text/html"), AiFailureKind.MalformedAnswer),
        ["JSON of another shape"] = (OpenAiAnswers.Raw($$"""["{{Raw}}"]"""), AiFailureKind.MalformedAnswer),
        ["JSON without content"] = (OpenAiAnswers.Raw($$"""{"id":"{{Raw}}"}"""), AiFailureKind.MalformedAnswer),
        ["hung up"] = (ScriptedAnswer.HangUp, AiFailureKind.AnswerCut),
    };

    private static readonly Dictionary<string, (ScriptedAnswer Answer, AiFailureKind Kind)> AnthropicStreams = new()
    {
        ["529"] = (AnthropicAnswers.Error(529, Raw, "overloaded_error"), AiFailureKind.Overloaded),
        ["overloaded in the middle"] = (AnthropicAnswers.StreamError(Raw, Raw, "overloaded_error"), AiFailureKind.Overloaded),
        ["limited in the middle"] = (AnthropicAnswers.StreamError(Raw, Raw, "rate_limit_error"), AiFailureKind.RateLimited),
        ["failed in the middle"] = (AnthropicAnswers.StreamError(Raw, Raw, "api_error"), AiFailureKind.Overloaded),
        ["unknown error in the middle"] = (AnthropicAnswers.StreamError(Raw, Raw, "new_error"), AiFailureKind.Overloaded),
        ["cut in the middle"] = (AnthropicAnswers.Stream([Raw, "b"]).After(3, ScriptedEnd.Cut), AiFailureKind.AnswerCut),
        ["ended in the middle"] = (AnthropicAnswers.Stream([Raw, "b"]).After(3, ScriptedEnd.Complete), AiFailureKind.AnswerCut),
        ["half of an event"] = (OpenAiAnswers.Raw($"event: message_start\ndata: {{\"id\":\"{Raw}\n\n", "text/event-stream"), AiFailureKind.MalformedAnswer),
        ["no events"] = (OpenAiAnswers.Raw($"<html>{Raw}</html>", "text/html"), AiFailureKind.MalformedAnswer),
        ["refusal"] = (AnthropicAnswers.Stream([Raw], "refusal"), AiFailureKind.ContentFiltered),
    };

    public static TheoryData<string> OpenAiNames => [.. OpenAi.Keys];

    public static TheoryData<string> OpenAiStreamNames => [.. OpenAiStreams.Keys];

    public static TheoryData<string> AnthropicNames => [.. Anthropic.Keys];

    public static TheoryData<string> AnthropicStreamNames => [.. AnthropicStreams.Keys];

    public static TheoryData<AiFailureKind> Kinds => [.. Enum.GetValues<AiFailureKind>()];

    [Theory]
    [MemberData(nameof(OpenAiNames))]
    public async Task OpenAI_answer_that_is_a_failure_has_its_name(string name)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        await AssertFailsAsync(server, time => AiTestHost.OpenAi(server, time), OpenAi[name], chat => chat.GetResponseAsync("Hi"));
    }

    [Theory]
    [MemberData(nameof(OpenAiStreamNames))]
    public async Task OpenAI_stream_that_is_a_failure_has_its_name(string name)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        await AssertFailsAsync(server, time => AiTestHost.OpenAi(server, time), OpenAiStreams[name], chat => chat.GetStreamingResponseAsync("Hi").ToChatResponseAsync());
    }

    [Theory]
    [MemberData(nameof(AnthropicNames))]
    public async Task Anthropic_answer_that_is_a_failure_has_its_name(string name)
    {
        await using var server = await ScriptedServer.StartAnthropicAsync();
        await AssertFailsAsync(server, time => AiTestHost.Anthropic(server, time), Anthropic[name], chat => chat.GetResponseAsync("Hi"));
    }

    [Theory]
    [MemberData(nameof(AnthropicStreamNames))]
    public async Task Anthropic_stream_that_is_a_failure_has_its_name(string name)
    {
        await using var server = await ScriptedServer.StartAnthropicAsync();
        await AssertFailsAsync(server, time => AiTestHost.Anthropic(server, time), AnthropicStreams[name], chat => chat.GetStreamingResponseAsync("Hi").ToChatResponseAsync());
    }

    [Fact]
    public async Task Endpoint_that_nobody_listens_on_cannot_be_reached()
    {
        var server = await ScriptedServer.StartOpenAiAsync();
        await server.DisposeAsync();
        await AssertFailsAsync(null, time => AiTestHost.OpenAi(server, time), (ScriptedAnswer.Silence, AiFailureKind.ConnectionFailed), chat => chat.GetResponseAsync("Hi"));
    }

    [Fact]
    public async Task Identity_that_gets_no_token_is_not_let_in()
    {
        await using var host = new AiTestHost(
            AiTestHost.Settings([], ("Provider", "azure-openai"), ("Endpoint", "https://my-resource.openai.azure.com"), ("Model", "m")), identity: new NoIdentity());

        var exception = await Assert.ThrowsAsync<AiException>(() => host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"));

        Assert.Equal(AiFailureKind.Unauthorised, exception.Failure.Kind);
        Assert.DoesNotContain(Raw, exception.ToString());
        Assert.Contains(Raw, host.Logs);
    }

    [Fact]
    public void Unknown_exception_is_unexpected_and_another_attempt_makes_no_sense()
    {
        Assert.Equal(new AiFailure(AiFailureKind.Unexpected), AiFailure.From(new NotSupportedException(Raw)));
        Assert.False(AiFailure.From(new NotSupportedException(Raw)).IsTransient);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Kind_has_a_sentence_for_callers_and_one_for_whoever_set_it_up(AiFailureKind kind)
    {
        var failure = new AiFailure(kind);

        Assert.Matches(@"^[A-Z][^.:]*\.$", failure.Sentence);
        Assert.Matches(@"^[A-Z].*\.$", failure.Advice);
        Assert.DoesNotContain("Ai:", failure.Sentence);
        Assert.Equal(failure.Sentence, new AiException(failure).ToGenerationException().Message);
        Assert.Equal(failure.IsTransient, new AiException(failure).ToGenerationException().IsTransient);
    }

    [Fact]
    public void Kinds_that_pass_are_those_of_the_moment() => Assert.Equal(
        [
            AiFailureKind.RateLimited, AiFailureKind.Overloaded, AiFailureKind.TimedOut, AiFailureKind.ConnectionFailed, AiFailureKind.AnswerCut, AiFailureKind.MalformedAnswer,
            AiFailureKind.CircuitOpen,
        ],
        Enum.GetValues<AiFailureKind>().Where(kind => new AiFailure(kind).IsTransient));

    private static async Task AssertFailsAsync(
        ScriptedServer? server, Func<TimeProvider, AiTestHost> start, (ScriptedAnswer Answer, AiFailureKind Kind) expected, Func<IChatClient, Task<ChatResponse>> ask)
    {
        var time = new ManualTimeProvider();
        await using var host = start(time);
        server?.Otherwise = expected.Answer;

        var asked = ask(host.Clients.Chat(AiUse.Widgets));
        var exception = await Assert.ThrowsAsync<AiException>(() => time.RunAsync(asked));

        Assert.Equal(expected.Kind, exception.Failure.Kind);
        Assert.Equal(exception.Failure.Sentence, exception.Message);
        Assert.DoesNotContain(Raw, exception.ToString());
        Assert.DoesNotContain(Raw, exception.ToGenerationException().ToString());
        Assert.Contains($"failed: {expected.Kind}", host.Logs);
        Assert.DoesNotContain(AiTestHost.Key, exception.ToString() + host.Logs);
    }

    private sealed class NoIdentity : Azure.Core.TokenCredential
    {
        public override Azure.Core.AccessToken GetToken(Azure.Core.TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new Azure.Identity.CredentialUnavailableException(Raw);

        public override ValueTask<Azure.Core.AccessToken> GetTokenAsync(Azure.Core.TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new Azure.Identity.CredentialUnavailableException(Raw);
    }
}
