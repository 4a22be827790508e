using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using ChatCompletionOptions = OpenAI.Chat.ChatCompletionOptions;

namespace Jobs.Generation.Ai;

/// <summary>
/// What every provider's client is held to: each call is bounded in time and in tokens, and whatever goes wrong with it is an <see cref="AiException"/>; only a caller's own
/// cancellation is one. A streamed answer ends with a reason or fails. <c>length</c> is a reason and no failure: the answer as far as it got is there.
/// </summary>
internal sealed class AiChatClient(IChatClient provider, AiTarget target, TimeSpan timeLimit, TimeProvider time, ILogger logger) : DelegatingChatClient(provider)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var call = new AiCall(target, timeLimit, time, logger, cancellationToken);
        ChatResponse response;
        try
        {
            response = await base.GetResponseAsync(messages, Bound(options), call.Token);
        }
        catch (Exception exception) when (call.IsFailure(exception))
        {
            throw call.Fail(exception);
        }

        return response.FinishReason == ChatFinishReason.ContentFilter ? throw call.Fail(AiFailureKind.ContentFiltered) : response;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var call = new AiCall(target, timeLimit, time, logger, cancellationToken);
        await using var updates = base.GetStreamingResponseAsync(messages, Bound(options), call.Token).GetAsyncEnumerator(call.Token);
        ChatFinishReason? finish = null;
        var hasBegun = false;
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                {
                    break;
                }
            }
            catch (Exception exception) when (call.IsFailure(exception))
            {
                throw call.Fail(exception);
            }

            hasBegun = true;
            finish = updates.Current.FinishReason ?? finish;
            if (finish == ChatFinishReason.ContentFilter)
            {
                throw call.Fail(AiFailureKind.ContentFiltered);
            }

            yield return updates.Current;
        }

        if (finish is null)
        {
            throw call.Fail(hasBegun ? AiFailureKind.AnswerCut : AiFailureKind.MalformedAnswer);
        }
    }

    private ChatOptions Bound(ChatOptions? options)
    {
        var bound = options?.Clone() ?? new ChatOptions();
        var tokens = Math.Min(bound.MaxOutputTokens ?? target.MaxOutputTokens, target.MaxOutputTokens);
        if (!target.SaysMaxTokens)
        {
            bound.MaxOutputTokens = tokens;
            return bound;
        }

        bound.MaxOutputTokens = null;
        var raw = bound.RawRepresentationFactory;
        bound.RawRepresentationFactory = client =>
        {
            var own = raw?.Invoke(client) as ChatCompletionOptions ?? new ChatCompletionOptions();
#pragma warning disable SCME0001 // The one way to name a property that this client has no member for.
            own.Patch.Set("$.max_tokens"u8, tokens);
#pragma warning restore SCME0001
            return own;
        };
        return bound;
    }
}
