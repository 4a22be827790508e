using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Jobs.Generation.Ai;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Tests.Ai;

public sealed class AiClientsTests
{
    private static readonly JsonElement WriteSchema = JsonElement.Parse(
        """{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},"required":["path","content"]}""");

    /// <summary>A conversation that has every sort of message.</summary>
    private static readonly ChatMessage[] Conversation =
    [
        new(ChatRole.System, "You write widgets."),
        new(ChatRole.User, "A counter, please."),
        new(ChatRole.Assistant, [new TextContent("I begin."), new FunctionCallContent("call_1", "write", new Dictionary<string, object?> { ["path"] = "a.txt", ["content"] = "1" })]),
        new(ChatRole.Tool, [new FunctionResultContent("call_1", "written")]),
    ];

    private static ChatOptions Tools => new() { Tools = [AIFunctionFactory.CreateDeclaration("write", "Writes a file.", WriteSchema)] };

    [Fact]
    public async Task OpenAI_answers_with_text_and_usage()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Text("Hello.", inputTokens: 20, cachedTokens: 5, outputTokens: 3));
        await using var host = AiTestHost.OpenAi(server);

        var response = await host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi");

        Assert.Equal("Hello.", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((20, 5, 3), (response.Usage!.InputTokenCount, response.Usage.CachedInputTokenCount, response.Usage.OutputTokenCount));
        Wire.AssertIs("openai-compatible-chat", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task OpenAI_streams_text_and_calls_of_tools()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.Stream(["One ", "two ", "three."]),
            OpenAiAnswers.StreamCalls(("call_2", "write", """{"path":"b.txt","content":"2"}"""), ("call_3", "write", """{"path":"c.txt","content":"3"}""")));
        await using var host = AiTestHost.OpenAi(server);
        var chat = host.Clients.Chat(AiUse.Agents);

        var text = await chat.GetStreamingResponseAsync("Count").ToListAsync();
        var calls = (await chat.GetStreamingResponseAsync(Conversation, Tools).ToChatResponseAsync()).Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>();

        Assert.Equal(["One ", "two ", "three."], text.Select(update => update.Text).Where(piece => piece.Length > 0));
        Assert.Equal(7, text.ToChatResponse().Usage!.OutputTokenCount);
        Assert.Equal([("call_2", "b.txt"), ("call_3", "c.txt")], calls.Select(call => (call.CallId, call.Arguments!["path"]!.ToString()!)));
        Wire.AssertIs("openai-compatible-stream-tools", server.Requests[1]);
    }

    [Fact]
    public async Task OpenAI_calls_tools_and_keeps_to_a_schema_without_streaming()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Calls(("call_9", "write", """{"path":"a","content":""}""")), OpenAiAnswers.Text("""{"path":"a","content":"b"}"""));
        await using var host = AiTestHost.OpenAi(server);
        var chat = host.Clients.Chat(AiUse.Agents);

        var called = await chat.GetResponseAsync("Write a", Tools);
        var kept = await chat.GetResponseAsync("Which file?", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(WriteSchema, "file") });

        Assert.Equal(ChatFinishReason.ToolCalls, called.FinishReason);
        Assert.Equal("call_9", Assert.Single(called.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()).CallId);
        Assert.Equal("""{"path":"a","content":"b"}""", kept.Text);
        Wire.AssertIs("openai-compatible-schema", server.Requests[1]);
    }

    [Fact]
    public async Task OpenAI_makes_an_embedding_for_each_text()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Embeddings([0.5f, -1], [0, 2]));
        await using var host = AiTestHost.OpenAi(server, more: ("EmbeddingModel", "test-embedding"));

        var embeddings = await host.Clients.Embeddings!.GenerateAsync(["one", "two"]);

        Assert.Equal([[0.5f, -1], [0, 2]], embeddings.Select(embedding => embedding.Vector.ToArray()));
        Wire.AssertIs("openai-embeddings", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task Fewer_embeddings_than_texts_are_a_malformed_answer()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Embeddings([0.5f]));
        await using var host = AiTestHost.OpenAi(server, more: ("EmbeddingModel", "test-embedding"));

        var exception = await Assert.ThrowsAsync<AiException>(() => host.Clients.Embeddings!.GenerateAsync(["one", "two"]));

        Assert.Equal(AiFailureKind.MalformedAnswer, exception.Failure.Kind);
    }

    [Fact]
    public async Task Endpoint_without_a_key_is_sent_none()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Text("Hello."));
        await using var host = AiTestHost.OpenAi(server, more: ("Key", null));

        await host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi");

        Assert.DoesNotContain("authorization", Assert.Single(server.Requests).Headers.Keys);
    }

    [Fact]
    public async Task Each_use_asks_its_own_model_within_its_own_bound()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = OpenAiAnswers.Text("Hello.");
        await using var host = AiTestHost.OpenAi(server, more: [("MaxOutputTokens", "1000"), ("Agents:Model", "agent-model"), ("Agents:MaxOutputTokens", "2000")]);

        await host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi");
        await host.Clients.Chat(AiUse.Agents).GetResponseAsync("Hi");
        await host.Clients.Chat(AiUse.Agents).GetResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 50 });
        await host.Clients.Chat(AiUse.Agents).GetResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 5000 });

        Assert.Equal(
            [("test-model", 1000), ("agent-model", 2000), ("agent-model", 50), ("agent-model", 2000)],
            server.Requests.Select(request => ((string)request.Body["model"]!, (int)request.Body["max_tokens"]!)));
    }

    [Fact]
    public async Task OpenAI_itself_is_asked_with_max_completion_tokens()
    {
        var transport = new RecordingTransport();
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Model", "test-model"), ("Key", AiTestHost.Key)), transport: transport);

        await host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi");

        Assert.Equal(new Uri("https://api.openai.com/v1/chat/completions"), transport.Address);
        Assert.Equal(8192, (int)JsonElement.Parse(transport.Body!).GetProperty("max_completion_tokens").GetInt32());
        Assert.DoesNotContain("max_tokens", transport.Body);
    }

    [Fact]
    public async Task Azure_is_asked_by_key_on_its_v1_path()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Text("Hello."));
        await using var host = AiTestHost.OpenAi(server, more: [("Provider", "azure-openai"), ("Endpoint", server.Address.AbsoluteUri)]);

        await host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi");

        Wire.AssertIs("azure-chat", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task Azure_without_a_key_is_asked_with_a_token_of_the_identity()
    {
        var transport = new RecordingTransport();
        var identity = new FakeIdentity();
        await using var host = new AiTestHost(
            AiTestHost.Settings([], ("Provider", "azure-openai"), ("Endpoint", "https://my-resource.openai.azure.com"), ("Model", "my-deployment")), transport: transport, identity: identity);

        await host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi");

        Assert.Equal(new Uri("https://my-resource.openai.azure.com/openai/v1/chat/completions"), transport.Address);
        Assert.Equal("Bearer token-of-the-identity", transport.Authorization);
        Assert.Equal(["https://ai.azure.com/.default"], identity.Scopes);
    }

    [Fact]
    public async Task Anthropic_answers_with_text_and_usage()
    {
        await using var server = await ScriptedServer.StartAnthropicAsync(AnthropicAnswers.Text("Hello."));
        await using var host = AiTestHost.Anthropic(server);

        var response = await host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi");

        Assert.Equal("Hello.", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((11, 7), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        Wire.AssertIs("anthropic-chat", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task Anthropic_streams_text_and_calls_of_tools()
    {
        await using var server = await ScriptedServer.StartAnthropicAsync(
            AnthropicAnswers.Stream(["One ", "two."]),
            AnthropicAnswers.StreamCalls(("call_2", "write", """{"path":"b.txt","content":"2"}"""), ("call_3", "write", """{"path":"c.txt","content":"3"}""")));
        await using var host = AiTestHost.Anthropic(server);
        var chat = host.Clients.Chat(AiUse.Agents);

        var text = await chat.GetStreamingResponseAsync("Count").ToListAsync();
        var answer = await chat.GetStreamingResponseAsync(Conversation, Tools).ToChatResponseAsync();

        Assert.Equal(["One ", "two."], text.Select(update => update.Text).Where(piece => piece.Length > 0));
        Assert.Equal(7, text.ToChatResponse().Usage!.OutputTokenCount);
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        Assert.Equal(
            [("call_2", "b.txt"), ("call_3", "c.txt")],
            answer.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(call => (call.CallId, call.Arguments!["path"]!.ToString()!)));
        Wire.AssertIs("anthropic-stream-tools", server.Requests[1]);
    }

    [Fact]
    public async Task Anthropic_calls_tools_and_keeps_to_a_schema_without_streaming()
    {
        await using var server = await ScriptedServer.StartAnthropicAsync(
            AnthropicAnswers.Calls(("call_9", "write", """{"path":"a","content":""}""")), AnthropicAnswers.Text("""{"path":"a","content":"b"}"""));
        await using var host = AiTestHost.Anthropic(server);
        var chat = host.Clients.Chat(AiUse.Agents);

        var called = await chat.GetResponseAsync("Write a", Tools);
        var kept = await chat.GetResponseAsync("Which file?", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(WriteSchema, "file") });

        Assert.Equal("call_9", Assert.Single(called.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()).CallId);
        Assert.Equal("""{"path":"a","content":"b"}""", kept.Text);
        Wire.AssertIs("anthropic-schema", server.Requests[1]);
    }

    [Fact]
    public async Task Answer_that_reached_its_bound_is_no_failure()
    {
        await using var openAi = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Text("Half an", "length"), OpenAiAnswers.Stream(["Half an"], "length"));
        await using var anthropic = await ScriptedServer.StartAnthropicAsync(AnthropicAnswers.Text("Half an", "max_tokens"), AnthropicAnswers.Stream(["Half an"], "max_tokens"));
        await using var first = AiTestHost.OpenAi(openAi);
        await using var second = AiTestHost.Anthropic(anthropic);

        foreach (var chat in new[] { first.Clients.Chat(AiUse.Widgets), second.Clients.Chat(AiUse.Widgets) })
        {
            ChatResponse[] answers = [await chat.GetResponseAsync("Hi"), await chat.GetStreamingResponseAsync("Hi").ToChatResponseAsync()];
            Assert.All(answers, answer => Assert.Equal(("Half an", ChatFinishReason.Length), (answer.Text, answer.FinishReason)));
        }
    }

    [Fact]
    public async Task Client_of_the_same_target_is_the_same()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        await using var host = AiTestHost.OpenAi(server);

        Assert.Same(host.Clients.Chat(AiUse.Widgets), host.Clients.Chat(AiUse.Agents));
    }

    private sealed class FakeIdentity : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return new AccessToken("token-of-the-identity", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }

    /// <summary>Answers in place of an endpoint that is only reached by https.</summary>
    private sealed class RecordingTransport : HttpMessageHandler
    {
        public Uri? Address { get; private set; }

        public string? Authorization { get; private set; }

        public string? Body { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Address, Authorization, Body) = (request.RequestUri, request.Headers.Authorization?.ToString(), await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(OpenAiAnswers.Text("Hello.").Parts[0], Encoding.UTF8, "application/json") };
        }
    }
}
