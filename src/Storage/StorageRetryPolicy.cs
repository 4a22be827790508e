using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Jobs.Storage;

/// <summary>
/// Tries a request to storage again as long as <see cref="StoragePatience"/> allows: the clients' own policy bounds the number of tries and the length of each, so that it takes six
/// seconds to find out that nobody listens and minutes that nobody answers. What is tried again is what the clients know to be passing. A request that gets no answer ends in a
/// <see cref="RequestFailedException"/> without a status, whatever the network did to it.
/// </summary>
internal sealed class StorageRetryPolicy() : RetryPolicy(MaxRetries, DelayStrategy.CreateExponentialDelayStrategy(FirstDelay, LongestDelay))
{
    /// <summary>Tries beyond the first; the time is used up before.</summary>
    private const int MaxRetries = 10;

    /// <summary>No try is followed by another when this part of the time is over: the waits double, and the last try needs time too.</summary>
    private const double RetryPart = 1.0 / 3;

    /// <summary>About how long the first wait is.</summary>
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await base.ProcessAsync(message, pipeline);
        }
        catch (Exception error) when (IsUnanswered(error, message))
        {
            throw Unanswered(error);
        }
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            base.Process(message, pipeline);
        }
        catch (Exception error) when (IsUnanswered(error, message))
        {
            throw Unanswered(error);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask OnSendingRequestAsync(HttpMessage message)
    {
        OnSendingRequest(message);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void OnSendingRequest(HttpMessage message)
    {
        var left = StoragePatience.Limit - Elapsed(message);
        message.NetworkTimeout = left > FirstDelay ? left : FirstDelay;
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        MayRetry(message) && await base.ShouldRetryAsync(message, exception);

    /// <inheritdoc/>
    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => MayRetry(message) && base.ShouldRetry(message, exception);

    /// <summary>False also when the answer says when to come back: that is for whoever asked to wait.</summary>
    private static bool MayRetry(HttpMessage message) =>
        Elapsed(message) < StoragePatience.Limit * RetryPart && !(message.HasResponse && message.Response.Headers.Contains("Retry-After"));

    private static TimeSpan Elapsed(HttpMessage message) => DateTimeOffset.UtcNow - message.ProcessingContext.StartTime;

    /// <summary>One failed try is thrown as it is, several as one <see cref="AggregateException"/>, and one that took too long as if it had been cancelled.</summary>
    private static bool IsUnanswered(Exception error, HttpMessage message) => error is AggregateException or IOException or HttpRequestException
        || (error is OperationCanceledException && !message.CancellationToken.IsCancellationRequested);

    private static RequestFailedException Unanswered(Exception error) => new(0, "The storage account did not answer.", error);
}
