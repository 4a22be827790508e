using System.Text.Json;
using Jobs.Domain.Jobs;
using Jobs.Storage;
using Microsoft.Extensions.Caching.Memory;

namespace Jobs.Functions.Work;

/// <summary>
/// What every batch of a job reads again: its input and its plan. They never change, so that a host reads each once while it works at the job. At most <see cref="MaxBytes"/> of them are
/// remembered, whatever jobs there are.
/// </summary>
public sealed class RecentArtifacts(ArtifactStore artifacts) : IDisposable
{
    /// <summary>How much is remembered at most, counted in the bytes of the artifacts: 16 MiB.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    private readonly MemoryCache _read = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    /// <summary>How many are remembered.</summary>
    public int Count => _read.Count;

    /// <summary>What a job's artifact holds, to be changed by nobody. Throws <see cref="InvalidDataException"/> when it is not there.</summary>
    public async Task<T> ReadAsync<T>(Job job, string reference, CancellationToken cancellationToken)
        where T : class
    {
        var key = (job.Tenant, job.ResourceId, reference);
        if (_read.Get<T>(key) is { } known)
        {
            return known;
        }

        var content = (await artifacts.ReadAsync(job.Tenant, job.ResourceId, reference, cancellationToken)).ToMemory();
        var value = JsonSerializer.Deserialize<T>(content.Span, WorkJson.Options)!;
        _read.Set(key, value, new MemoryCacheEntryOptions { Size = content.Length });
        return value;
    }

    /// <inheritdoc/>
    public void Dispose() => _read.Dispose();
}
