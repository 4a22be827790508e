using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Jobs.Functions.Health;

/// <summary>
/// One thing that the app cannot do without. Whoever asks gets an answer within <see cref="Limit"/>, whatever the thing does; what has not ended by then goes on, and is asked again rather
/// than begun once more, so that a thing that hangs is waited for once.
/// </summary>
/// <param name="probe">Throws whatever is wrong. It ends by itself, sooner or later.</param>
/// <param name="time">Measures <see cref="Limit"/>.</param>
internal sealed class HealthProbe(Func<CancellationToken, Task> probe, TimeProvider time) : IHealthCheck
{
    /// <summary>How long an answer is waited for. All probes run at once, and <c>/health/ready</c> promises two seconds.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.2);

    private readonly Lock _lock = new();
    private Task? _underWay;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        Task underWay;
        lock (_lock)
        {
            // Not with the caller's token: what a thing is about to find out is worth knowing for the next who asks.
            underWay = _underWay is { IsCompleted: false } ? _underWay : _underWay = Task.Run(() => probe(CancellationToken.None), CancellationToken.None);
        }

        try
        {
            await underWay.WaitAsync(Limit, time, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy("It does not answer in time.");
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy(exception: error);
        }
    }
}
