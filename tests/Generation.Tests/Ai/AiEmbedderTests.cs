using Jobs.Domain.Generation;
using Jobs.Generation.Ai;

namespace Jobs.Generation.Tests.Ai;

/// <summary>Vectors by the endpoint for embeddings, and what is not taken for vectors.</summary>
public sealed class AiEmbedderTests
{
    private const string MalformedAnswer = "The AI service gave an answer that cannot be read.";

    private readonly ManualTimeProvider _time = new();

    /// <summary>Answers to two texts that are no two vectors of two numbers.</summary>
    public static TheoryData<string> Malformed => [.. MalformedAnswers.Keys];

    private static Dictionary<string, ScriptedAnswer> MalformedAnswers { get; } = new()
    {
        ["fewer vectors"] = OpenAiAnswers.Embeddings([1, 0]),
        ["more vectors"] = OpenAiAnswers.Embeddings([1, 0], [1, 0], [1, 0]),
        ["vectors of different lengths"] = OpenAiAnswers.Embeddings([1, 0], [1, 0, 0]),
        ["a number that is none"] = OpenAiAnswers.Embeddings([1, 0], [float.NaN, 0]),
        ["an infinite number"] = OpenAiAnswers.Embeddings([1, 0], [float.PositiveInfinity, 0]),
        ["a decimal number that no float holds"] = OpenAiAnswers.Raw("""{"object":"list","data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1e39,0]}]}"""),
        ["a vector of zeros"] = OpenAiAnswers.Embeddings([1, 0], [0, 0]),
        ["a vector without numbers"] = OpenAiAnswers.Embeddings([], []),
        ["vectors that are too long"] = OpenAiAnswers.Embeddings(Long, Long),
        ["no JSON"] = OpenAiAnswers.Raw("<html>", "text/html"),
        ["too many bytes"] = OpenAiAnswers.Raw(new string(' ', (int)AiConnection.MaxEmbeddingBytes + 1)),
    };

    private static float[] Long => [.. Enumerable.Repeat(1f, AiOptions.HighestEmbeddingDimensions + 1)];

    [Fact]
    public async Task Texts_are_sent_in_one_call_and_their_vectors_are_of_length_1()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Embeddings([3, -4], [0, 1e-30f], [3e38f, 0]));
        await using var host = Host(server);

        var vectors = await host.Embedder.EmbedAsync(["one", "two", "three"], IModelCalls.Unlimited, default);

        Assert.Equal([[0.6f, -0.8f], [0, 1], [1, 0]], vectors.Select(vector => vector.ToArray()));
        var body = Assert.Single(server.Requests).Body;
        Assert.Equal(("test-embedding", """["one","two","three"]"""), ((string)body["model"]!, body["input"]!.ToJsonString()));
        Assert.Equal(("openai/test-embedding/2", 2), (host.Embedder.Model, host.Embedder.Dimensions));
    }

    [Fact]
    public async Task Call_takes_so_many_texts_and_none_are_not_asked_for()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.Embeddings([.. Enumerable.Repeat(new float[] { 1, 0 }, AiEmbedder.MaxTexts)]));
        await using var host = Host(server);

        Assert.Empty(await host.Embedder.EmbedAsync([], IModelCalls.Unlimited, default));
        Assert.Empty(server.Requests);
        Assert.Equal(AiEmbedder.MaxTexts, (await host.Embedder.EmbedAsync([.. Enumerable.Repeat("text", AiEmbedder.MaxTexts)], IModelCalls.Unlimited, default)).Length);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.Embedder.EmbedAsync([.. Enumerable.Repeat("text", AiEmbedder.MaxTexts + 1)], IModelCalls.Unlimited, default));
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Answer_that_is_no_vectors_is_malformed_and_paid(string answer)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(MalformedAnswers[answer]);
        await using var host = Host(server);
        var calls = new RecordedCalls();

        var error = await Assert.ThrowsAsync<GenerationException>(() => host.Embedder.EmbedAsync(["one", "two"], calls, default));

        Assert.Equal((MalformedAnswer, true), (error.Message, error.IsTransient));
        Assert.Equal("failed, may cost", calls.End);
    }

    [Fact]
    public async Task Answer_of_as_many_bytes_as_may_be_is_read()
    {
        var answer = OpenAiAnswers.Embeddings([1, 0]);
        await using var server = await ScriptedServer.StartOpenAiAsync(answer with { Parts = [answer.Parts[0], new string(' ', (int)AiConnection.MaxEmbeddingBytes - answer.Parts[0].Length)] });
        await using var host = Host(server);

        Assert.Single(await host.Embedder.EmbedAsync(["one"], IModelCalls.Unlimited, default));
    }

    [Fact]
    public async Task Longest_vectors_of_as_many_texts_as_may_be_fit_into_an_answer_also_as_decimal_numbers()
    {
        var vector = $"[{string.Join(',', Enumerable.Repeat("-0.012345678", AiOptions.HighestEmbeddingDimensions))}]";
        var answer = OpenAiAnswers.Raw($$"""{"object":"list","data":[{{string.Join(',', Enumerable.Range(0, AiEmbedder.MaxTexts).Select(index => $$"""{"object":"embedding","index":{{index}},"embedding":{{vector}}}"""))}}]}""");
        await using var server = await ScriptedServer.StartOpenAiAsync(answer);
        await using var host = Host(server, ("EmbeddingDimensions", $"{AiOptions.HighestEmbeddingDimensions}"));

        Assert.Equal(AiEmbedder.MaxTexts, (await host.Embedder.EmbedAsync([.. Enumerable.Repeat("text", AiEmbedder.MaxTexts)], IModelCalls.Unlimited, default)).Length);
    }

    [Fact]
    public async Task Vectors_of_another_length_than_the_settings_say_are_refused_for_good()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Embeddings([1, 0, 0]));
        await using var host = Host(server);
        var calls = new RecordedCalls();

        var error = await Assert.ThrowsAsync<GenerationException>(() => host.Embedder.EmbedAsync(["one"], calls, default));

        Assert.Equal(("The AI model's vectors have 3 numbers, and the settings of this service say 2.", false), (error.Message, error.IsTransient));
        Assert.Equal("answered, 3 tokens, 6", calls.End);
    }

    [Fact]
    public async Task Endpoint_that_takes_no_more_is_asked_again_when_it_says()
    {
        var busy = OpenAiAnswers.Error(429, "Slow down.");
        await using var server = await ScriptedServer.StartOpenAiAsync(busy.With("Retry-After", "2"), OpenAiAnswers.Embeddings([1, 0]), busy.With("Retry-After", "60"));
        await using var host = Host(server);
        var calls = new RecordedCalls();

        Assert.Single(await _time.RunAsync(host.Embedder.EmbedAsync(["one"], calls, default)));
        Assert.Equal("answered, 3 tokens, 6", calls.End);
        var error = await Assert.ThrowsAsync<GenerationException>(() => host.Embedder.EmbedAsync(["one"], calls, default));

        Assert.Equal((true, TimeSpan.FromSeconds(60)), (error.IsTransient, error.RetryAfter));
        Assert.Equal("failed", calls.End);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Answer_that_has_not_begun_after_half_of_the_time_is_given_up()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(ScriptedAnswer.Silence);
        await using var host = Host(server, ("TurnTimeLimit", "00:01:00"));
        var calls = new RecordedCalls();

        var asked = host.Embedder.EmbedAsync(["one"], calls, default);
        await server.WaitForRequestsAsync(1);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.True((await Assert.ThrowsAsync<GenerationException>(() => asked)).IsTransient);
        Assert.Equal("failed, may cost", calls.End);
    }

    [Fact]
    public async Task Answer_that_does_not_come_to_its_end_in_time_is_given_up()
    {
        var answer = OpenAiAnswers.Embeddings([1, 0]);
        await using var server = await ScriptedServer.StartOpenAiAsync((answer with { Parts = [answer.Parts[0][..10]] }).After(1, ScriptedEnd.Never));
        await using var host = Host(server, ("TurnTimeLimit", "00:01:00"));

        var asked = host.Embedder.EmbedAsync(["one"], IModelCalls.Unlimited, default);
        // What has begun to come is waited for to the end of the time; when it begins nobody here can see.
        while (!asked.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        Assert.Equal("The AI service did not answer in time.", (await Assert.ThrowsAsync<GenerationException>(() => asked)).Message);
    }

    [Fact]
    public async Task Most_that_a_call_can_cost_is_more_than_its_bytes_and_what_it_does_not_say_costs_that()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Raw("""{"object":"list","data":[{"index":0,"embedding":[1,0]}]}"""));
        await using var host = Host(server);
        var calls = new RecordedCalls();

        await host.Embedder.EmbedAsync(["größer"], calls, default);

        Assert.Equal(2 * (8 + 2_048), calls.Most.Cost);
        Assert.Equal($"answered, 0 tokens, {calls.Most.Cost}", calls.End);
    }

    private AiTestHost Host(ScriptedServer server, params (string Name, string? Value)[] more) =>
        AiTestHost.OpenAi(server, _time, [("EmbeddingModel", "test-embedding"), ("EmbeddingDimensions", "2"), ("EmbeddingPrice", "2"), .. more]);

    /// <summary>Lets every call in, and tells how the last one ended.</summary>
    private sealed class RecordedCalls : IModelCalls, IModelCall
    {
        public ModelUsage Most { get; private set; }

        public string End { get; private set; } = "";

        public Task<IModelCall> BeginAsync(ModelUsage most, CancellationToken cancellationToken)
        {
            (Most, End) = (most, "lost");
            return Task.FromResult<IModelCall>(this);
        }

        public Task AnsweredAsync(ModelUsage used)
        {
            End = $"answered, {used.Input} tokens, {used.Cost}";
            return Task.CompletedTask;
        }

        public Task FailedAsync(bool mayCost)
        {
            End = mayCost ? "failed, may cost" : "failed";
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
