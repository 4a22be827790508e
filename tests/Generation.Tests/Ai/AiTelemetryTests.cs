using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Jobs.Generation.Ai;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Tests.Ai;

/// <summary>What OpenTelemetry is told by its conventions for generative AI.</summary>
public sealed class AiTelemetryTests : IDisposable
{
    private const string Prompt = "words-of-the-caller";
    private const string Answer = "words-of-the-model";

    /// <summary>Other tests have spans of the same name at the same time.</summary>
    private readonly string _model = $"model-{Guid.NewGuid():n}";

    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<(string Name, double Value, string? Kind)> _measured = new();
    private readonly ActivityListener _listener;
    private readonly MeterListener _meters = new();

    public AiTelemetryTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == AiClients.TelemetryName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => Keep(span),
        };
        ActivitySource.AddActivityListener(_listener);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == AiClients.TelemetryName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _meters.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_has_a_span_and_metrics_without_what_was_said(bool isStreamed)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(isStreamed ? OpenAiAnswers.Stream([Answer]) : OpenAiAnswers.Text(Answer));
        await using var host = AiTestHost.OpenAi(server, more: ("Model", _model));
        var chat = host.Clients.Chat(AiUse.Widgets);

        await (isStreamed ? chat.GetStreamingResponseAsync(Prompt).ToChatResponseAsync() : chat.GetResponseAsync(Prompt));

        var span = Assert.Single(_spans);
        Assert.Equal($"chat {_model}", span.DisplayName);
        Assert.Equal(("chat", "openai", 11, 7), (span.GetTagItem("gen_ai.operation.name"), span.GetTagItem("gen_ai.provider.name"), Number(span, "input"), Number(span, "output")));
        Assert.DoesNotContain(TextOf(span), text => text.Contains(Prompt) || text.Contains(Answer));
        Assert.Contains(("gen_ai.client.token.usage", 11, "input"), _measured);
        Assert.Contains(("gen_ai.client.token.usage", 7, "output"), _measured);
        Assert.Contains(_measured, measured => measured.Name == "gen_ai.client.operation.duration");
        Assert.DoesNotContain(Prompt, host.Logs);
        Assert.DoesNotContain(Answer, host.Logs);
    }

    [Fact]
    public async Task Call_of_Anthropic_has_a_span_of_its_provider()
    {
        await using var server = await ScriptedServer.StartAnthropicAsync(AnthropicAnswers.Text(Answer));
        await using var host = AiTestHost.Anthropic(server, more: ("Model", _model));

        await host.Clients.Chat(AiUse.Widgets).GetResponseAsync(Prompt);

        Assert.Equal("anthropic", Assert.Single(_spans).GetTagItem("gen_ai.provider.name"));
    }

    [Fact]
    public async Task Span_has_what_was_said_where_that_is_switched_on()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Text(Answer));
        await using var host = AiTestHost.OpenAi(server, more: [("Model", _model), ("RecordPrompts", "true")]);

        await host.Clients.Chat(AiUse.Widgets).GetResponseAsync(Prompt);

        Assert.Contains(TextOf(Assert.Single(_spans)), text => text.Contains(Prompt));
        Assert.Contains(TextOf(Assert.Single(_spans)), text => text.Contains(Answer));
    }

    [Fact]
    public async Task Failed_call_has_a_span_in_words_of_ours()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(400, $"I dislike {Prompt}"));
        await using var host = AiTestHost.OpenAi(server, more: ("Model", _model));

        await Assert.ThrowsAsync<AiException>(() => host.Clients.Chat(AiUse.Widgets).GetResponseAsync(Prompt));

        var span = Assert.Single(_spans);
        Assert.Equal((ActivityStatusCode.Error, "The AI service refused the request."), (span.Status, span.StatusDescription));
        Assert.DoesNotContain(TextOf(span), text => text.Contains(Prompt));
    }

    [Fact]
    public async Task Embeddings_have_a_span_without_the_texts()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Embeddings([1]));
        await using var host = AiTestHost.OpenAi(server, more: ("EmbeddingModel", _model));

        await host.Clients.Embeddings!.GenerateAsync([Prompt]);

        var span = Assert.Single(_spans);
        Assert.Equal($"embeddings {_model}", span.DisplayName);
        Assert.DoesNotContain(TextOf(span), text => text.Contains(Prompt));
    }

    private static object Number(Activity span, string kind) => Convert.ToInt32(span.GetTagItem($"gen_ai.usage.{kind}_tokens"), null);

    private static IEnumerable<string> TextOf(Activity span) =>
        span.TagObjects.Concat(span.Events.SelectMany(e => e.Tags)).Select(tag => $"{tag.Key}={tag.Value}").Append($"{span.StatusDescription}");

    private void Keep(Activity span)
    {
        if (span.DisplayName.EndsWith(_model, StringComparison.Ordinal))
        {
            _spans.Enqueue(span);
        }
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString());
        if (all.GetValueOrDefault("gen_ai.request.model") == _model)
        {
            _measured.Enqueue((instrument.Name, value, all.GetValueOrDefault("gen_ai.token.type")));
        }
    }
}
