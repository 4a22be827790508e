using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Jobs.Generation.Ai;

/// <summary>Finds out by a few small calls what the configured models can do.</summary>
public sealed class AiCheck(AiClients clients, IOptions<AiOptions> options, TimeProvider time)
{
    /// <summary>The most tokens of an answer that is asked for: far more than a word, because some models think first.</summary>
    internal const int ProbeTokens = 1_024;

    private const string Word = "word";
    private const string ToolName = "note";
    private const string Prompt = "Answer with the one word \"ready\".";
    private const string ToolPrompt = "Call the tool \"note\" with the word \"ready\".";
    private const string Unasked = "it answered without";

    private static readonly JsonElement Schema = JsonElement.Parse(
        """{"type":"object","properties":{"word":{"type":"string","description":"One word"}},"required":["word"],"additionalProperties":false}""");

    /// <summary>
    /// A report on each model that is configured: those of the uses, then the one for embeddings. Empty where no AI is configured. Throws
    /// <see cref="OperationCanceledException"/> when it is stopped, and nothing else.
    /// </summary>
    public async Task<IReadOnlyList<AiCheckReport>> RunAsync(CancellationToken cancellationToken)
    {
        if (!clients.AreConfigured)
        {
            return [];
        }

        List<AiCheckReport> reports = [];
        foreach (var uses in Enum.GetValues<AiUse>().GroupBy(clients.TargetOf))
        {
            var subject = $"{uses.Key}, for {string.Join(", ", uses.Select(use => use.ToString().ToLowerInvariant()))}";
            reports.Add(await CheckChatAsync(subject, clients.Chat(uses.Key), cancellationToken));
        }

        if (clients.Embeddings is { } embeddings)
        {
            reports.Add(await CheckEmbeddingsAsync(embeddings, cancellationToken));
        }

        return reports;
    }

    private async Task<AiCheckReport> CheckChatAsync(string subject, IChatClient chat, CancellationToken cancellationToken)
    {
        List<AiCapability> found = [];
        var started = time.GetTimestamp();
        var (answer, failure) = await TryAsync("answers", async () =>
        {
            var response = await chat.GetResponseAsync(Prompt, new ChatOptions { MaxOutputTokens = ProbeTokens }, cancellationToken);
            return !string.IsNullOrWhiteSpace(response.Text) ? (true, $"in {time.GetElapsedTime(started).TotalSeconds:0.0} s")
                : response.FinishReason == ChatFinishReason.Length ? (false, $"it had said nothing after {ProbeTokens} tokens")
                : (false, "the answer is empty");
        });
        found.Add(answer);
        if (!answer.Works)
        {
            return new AiCheckReport(subject, found, failure?.Diagnosis ?? $"The model does not answer: {answer.Detail}.");
        }

        var (streaming, streamingFailure) = await TryAsync("streaming", async () =>
        {
            var pieces = 0;
            await foreach (var update in chat.GetStreamingResponseAsync(Prompt, new ChatOptions { MaxOutputTokens = ProbeTokens }, cancellationToken))
            {
                pieces += update.Text.Length > 0 ? 1 : 0;
            }

            return (pieces > 0, pieces switch { 0 => "the answer is empty", 1 => "in 1 piece", _ => $"in {pieces} pieces" });
        });
        var (tools, toolsFailure) = await TryAsync("tools", async () =>
        {
            var tool = AIFunctionFactory.CreateDeclaration(ToolName, "Notes a word.", Schema);
            var response = await chat.GetResponseAsync(ToolPrompt, new ChatOptions { MaxOutputTokens = ProbeTokens, Tools = [tool] }, cancellationToken);
            var call = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().FirstOrDefault();
            return call is null ? (false, $"{Unasked} calling the tool")
                : call.Name == ToolName && call.Arguments?.ContainsKey(Word) == true ? (true, "")
                : (false, "it called the tool wrongly");
        });
        var (structured, _) = await TryAsync("structured output", async () =>
        {
            var format = ChatResponseFormat.ForJsonSchema(Schema, "answer");
            var response = await chat.GetResponseAsync(Prompt, new ChatOptions { MaxOutputTokens = ProbeTokens, ResponseFormat = format }, cancellationToken);
            return IsOfTheSchema(response.Text) ? (true, "") : (false, $"{Unasked} keeping to the schema");
        });
        found.AddRange([streaming, tools, structured]);
        var fault = !streaming.Works ? streamingFailure?.Diagnosis ?? $"The model does not stream its answers: {streaming.Detail}."
            : !tools.Works ? ToolsFault(tools, toolsFailure)
            : null;
        return new AiCheckReport(subject, found, fault);
    }

    private async Task<AiCheckReport> CheckEmbeddingsAsync(IEmbeddingGenerator<string, Embedding<float>> generator, CancellationToken cancellationToken)
    {
        int? numbers = null;
        var (embeddings, failure) = await TryAsync("embeddings", async () =>
        {
            numbers = (await generator.GenerateAsync(["ready"], cancellationToken: cancellationToken))[0].Vector.Length;
            return (true, $"of {numbers} numbers");
        });
        var fault = numbers is { } found && found != options.Value.EmbeddingDimensions
            ? $"The model's vectors have {found} numbers: set Ai:EmbeddingDimensions to that, which is {options.Value.EmbeddingDimensions} now."
            : failure?.Diagnosis;
        return new AiCheckReport($"{clients.EmbeddingTarget()}, for embeddings", [embeddings], fault);
    }

    /// <summary>Servers refuse tools as a bad request where a model has none.</summary>
    private static string ToolsFault(AiCapability tools, AiFailure? failure) => failure is { Kind: not AiFailureKind.RequestRefused }
        ? failure.Diagnosis
        : $"The model does not call tools ({tools.Detail}), without which it cannot work on files: choose another Ai:Model.";

    private static async Task<(AiCapability Capability, AiFailure? Failure)> TryAsync(string name, Func<Task<(bool Works, string Detail)>> probe)
    {
        try
        {
            var (works, detail) = await probe();
            return (new AiCapability(name, works, detail), null);
        }
        catch (AiException exception)
        {
            return (new AiCapability(name, false, $"{char.ToLowerInvariant(exception.Message[0])}{exception.Message[1..^1]}"), exception.Failure);
        }
    }

    private static bool IsOfTheSchema(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind is JsonValueKind.Object
                && json.RootElement.TryGetProperty(Word, out var word) && word.ValueKind is JsonValueKind.String && json.RootElement.EnumerateObject().Count() == 1;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
