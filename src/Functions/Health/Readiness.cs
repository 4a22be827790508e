using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Jobs.Functions.Health;

/// <summary>What the app cannot do without, looked at together.</summary>
/// <param name="IsReady">Whether nothing of it fails.</param>
/// <param name="Checks">Whether each is well, by its name, in the order in which they are registered.</param>
public sealed record ReadinessReport(bool IsReady, IReadOnlyList<KeyValuePair<string, bool>> Checks);

/// <summary>
/// Whether the app can do its work. Nobody needs a credential to ask, so asking is cheap: one look at a time, and what it finds holds for <see cref="Lifetime"/>, for however many who ask.
/// Why something fails is in the log only.
/// </summary>
public sealed class Readiness(HealthCheckService checks, TimeProvider time)
{
    /// <summary>How long what was found is told again, from the beginning of the look.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task<ReadinessReport>? _latest;
    private long _lookedAt;

    /// <summary>Looks, or waits for the look that is under way, or tells of the last.</summary>
    public Task<ReadinessReport> ReadAsync(CancellationToken cancellationToken)
    {
        Task<ReadinessReport> latest;
        lock (_lock)
        {
            if (_latest is null || (_latest.IsCompleted && time.GetElapsedTime(_lookedAt) >= Lifetime))
            {
                _lookedAt = time.GetTimestamp();
                // It belongs to no request: neither does it end with one, nor is it a part of its trace.
                using (ExecutionContext.SuppressFlow())
                {
                    _latest = Task.Run(LookAsync, CancellationToken.None);
                }
            }

            latest = _latest;
        }

        return latest.WaitAsync(cancellationToken);
    }

    private async Task<ReadinessReport> LookAsync()
    {
        var report = await checks.CheckHealthAsync(CancellationToken.None);
        return new ReadinessReport(
            report.Status is HealthStatus.Healthy,
            [.. report.Entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Status is HealthStatus.Healthy))]);
    }
}
