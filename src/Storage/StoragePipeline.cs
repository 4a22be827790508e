using Azure.Core;
using Azure.Core.Pipeline;

namespace Jobs.Storage;

/// <summary>How the clients of our storage account send requests.</summary>
internal static class StoragePipeline
{
    /// <summary>How long a transport within this process may take: longer than a disk that is only slow.</summary>
    private static readonly TimeSpan LimitInProcess = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Sets up <paramref name="options"/>. Without <paramref name="transport"/> requests go over the network. With one they are answered in this process, where nothing is lost on the way
    /// and a fault does not pass by itself: nothing is tried again.
    /// </summary>
    public static T Configure<T>(this T options, HttpPipelineTransport? transport)
        where T : ClientOptions
    {
        // Each request would write two lines of log, open a span and say who the client is: more than a poll's whole read costs. What fails is told by whoever asked.
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        if (transport is null)
        {
            options.RetryPolicy = new StorageRetryPolicy();
        }
        else
        {
            options.Transport = transport;
            options.Retry.MaxRetries = 0;
            options.Retry.NetworkTimeout = LimitInProcess;
        }

        return options;
    }
}
