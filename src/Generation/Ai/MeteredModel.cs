using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Domain.Generation;
using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;

namespace Jobs.Generation.Ai;

/// <summary>A model whose calls are let in by what counts them.</summary>
internal sealed class MeteredModel(AiClients clients, AiTarget target)
{
    /// <summary>Tokens that providers add to what is sent (Anthropic some hundreds for tools), with room to spare.</summary>
    public const int AddedTokens = 2_048;

    private static readonly JsonSerializerOptions Json = new(AIJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The vocabulary of OpenAI's present models, from its package. Other models' are not public, or not worth their size here.</summary>
    private static readonly Lazy<TiktokenTokenizer> Tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>The model of one use. Throws <see cref="InvalidOperationException"/> where no AI is configured.</summary>
    public MeteredModel(AiClients clients, AiUse use)
        : this(clients, clients.TargetOf(use))
    {
    }

    /// <summary>The model's answer, whose parts are told as they come, and what it took. Throws <see cref="AiException"/>, and what <see cref="IModelCalls.BeginAsync"/> throws.</summary>
    public async Task<(ChatResponse Response, ModelUsage Usage)> AskAsync(
        IList<ChatMessage> messages, ChatOptions options, IModelCalls calls, Action<ChatResponseUpdate> onUpdate, CancellationToken cancellationToken)
    {
        var most = MostOf(messages, options);
        await using var call = await calls.BeginAsync(most, cancellationToken);
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in clients.Chat(target).GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                updates.Add(update);
                onUpdate(update);
            }
        }
        catch (AiException error)
        {
            await call.FailedAsync(mayCost: updates.Count > 0 || error.Failure.MayCost);
            throw;
        }

        var response = updates.ToChatResponse();
        // Where the endpoint does not say what it took, nothing less than the most is safe to take for it.
        var usage = response.Usage is { } said
            ? Priced(new ModelUsage(said.InputTokenCount ?? 0, said.CachedInputTokenCount ?? 0, said.OutputTokenCount ?? 0))
            : ModelUsage.None with { Cost = most.Cost };
        await call.AnsweredAsync(usage);
        return (response, usage);
    }

    /// <summary>
    /// The most that a call can take. No tokenizer's vocabulary is needed for it: models read bytes, and a token is at least one of them.
    /// </summary>
    public ModelUsage MostOf(IEnumerable<ChatMessage> messages, ChatOptions options)
    {
        var tools = options.Tools?.OfType<AIFunctionDeclaration>().Sum(tool => Encoding.UTF8.GetByteCount(TextOf(tool))) ?? 0;
        var input = JsonSerializer.SerializeToUtf8Bytes(messages, Json).Length + tools + AddedTokens;
        return target.Price is { } price ? price.MostOf(input, target.MaxOutputTokens) : new ModelUsage(input, 0, target.MaxOutputTokens);
    }

    /// <summary>What a conversation that begins so would take, which ends once <paramref name="maxTokens"/> are reached.</summary>
    public GenerationEstimate Estimate(IList<ChatMessage> messages, ChatOptions options, long maxTokens)
    {
        var texts = messages.Select(message => message.Text).Concat(options.Tools?.OfType<AIFunctionDeclaration>().Select(TextOf) ?? []);
        // One of the two kinds is the dearer.
        var cost = target.Price is { } price ? Math.Max(price.MostOf(maxTokens, 0).Cost, price.MostOf(0, maxTokens).Cost) : 0;
        return new GenerationEstimate(texts.Sum(text => (long)Tokenizer.Value.CountTokens(text)), MostOf(messages, options), maxTokens, cost);
    }

    private static string TextOf(AIFunctionDeclaration tool) => tool.Name + tool.Description + tool.JsonSchema.GetRawText();

    private ModelUsage Priced(ModelUsage usage) => target.Price is { } price ? price.Of(usage) : usage;
}
