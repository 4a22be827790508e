using System.Text;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Generation;
using Microsoft.Extensions.AI;
using StreamingChatCompletionUpdate = OpenAI.Chat.StreamingChatCompletionUpdate;

namespace Jobs.Generation.Ai;

/// <summary>What a model is asked.</summary>
/// <param name="Text">The question, as its user's words.</param>
/// <param name="Instructions">What it is told before, as ours; null for nothing.</param>
/// <param name="Schema">The JSON Schema that the answer shall keep; null for an answer in words. Whoever asks checks the answer all the same.</param>
public sealed record ModelQuestion(string Text, string? Instructions = null, JsonElement? Schema = null);

/// <summary>What a model answered.</summary>
/// <param name="Text">Its words, as they came; never blank.</param>
/// <param name="IsCut">True where they end because an answer may have no more tokens.</param>
public sealed record ModelAnswer(string Text, bool IsCut);

/// <summary>The model of the general settings, asked one question at a time: for work that is no conversation.</summary>
public sealed class AiModel(AiClients clients)
{
    /// <summary>The most characters of a refusal's words that a caller is told.</summary>
    public const int MaxQuoteLength = 500;

    private readonly Lazy<MeteredModel> _model = new(() => new MeteredModel(clients, clients.GeneralTarget()));

    /// <summary>How long one call may take, its repetitions and the whole of its answer included.</summary>
    public TimeSpan TimeLimit => clients.TimeLimit;

    /// <summary>Whether there is a model.</summary>
    public bool IsConfigured => clients.AreConfigured;

    /// <summary>
    /// Asks once. Throws <see cref="GenerationException"/>, in words for callers, where the call fails or the model refuses or says nothing, and what
    /// <see cref="IModelCalls.BeginAsync"/> throws.
    /// </summary>
    public async Task<ModelAnswer> AskAsync(ModelQuestion question, IModelCalls calls, CancellationToken cancellationToken)
    {
        var messages = new List<ChatMessage>();
        if (question.Instructions is { } instructions)
        {
            messages.Add(new ChatMessage(ChatRole.System, instructions));
        }

        messages.Add(new ChatMessage(ChatRole.User, question.Text));
        var options = new ChatOptions { ResponseFormat = question.Schema is { } schema ? ChatResponseFormat.ForJsonSchema(schema, "answer") : null };
        var refusal = new StringBuilder();
        try
        {
            var (response, _) = await _model.Value.AskAsync(messages, options, calls, TakeRefusal, cancellationToken);
            return refusal.Length > 0
                ? throw new GenerationException($"The AI model refused: {Texts.Cut(Texts.Plain(refusal.ToString()).Replace('\n', ' ').Trim(), MaxQuoteLength)}", isTransient: false)
                : string.IsNullOrWhiteSpace(response.Text)
                    ? throw new GenerationException("The AI model gave an empty answer.", isTransient: true)
                    : new ModelAnswer(response.Text, response.FinishReason == ChatFinishReason.Length);
        }
        catch (AiException error)
        {
            throw error.ToGenerationException();
        }

        void TakeRefusal(ChatResponseUpdate update) => refusal.Append((update.RawRepresentation as StreamingChatCompletionUpdate)?.RefusalUpdate);
    }
}
