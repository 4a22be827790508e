using Jobs.Domain.Generation;
using Jobs.Domain.Identity;
using Jobs.Functions.Capacity;
using Jobs.Functions.Ledger;
using Jobs.Functions.Telemetry;
using Jobs.Storage;

namespace Jobs.Functions.Documents;

/// <summary>What is searched for.</summary>
/// <param name="Query">The query.</param>
/// <param name="Documents">The documents that are looked at; null for all of the organisation's.</param>
/// <param name="Limit">The most chunks that are wanted.</param>
public sealed record Search(string Query, IReadOnlySet<string>? Documents, int Limit);

/// <summary>What came of a search.</summary>
public abstract record SearchOutcome
{
    private SearchOutcome()
    {
    }

    /// <summary>It was done.</summary>
    /// <param name="Chunks">The chunks, best first.</param>
    /// <param name="SearchedDocuments">How many documents were looked at.</param>
    /// <param name="SearchedChunks">How many chunks of them.</param>
    /// <param name="IsComplete">False when the organisation has more than is looked at.</param>
    /// <param name="DocumentsOfOtherModels">How many documents were not looked at because they have vectors of another model than the query's.</param>
    public sealed record Found(IReadOnlyList<FoundChunk> Chunks, int SearchedDocuments, int SearchedChunks, bool IsComplete, int DocumentsOfOtherModels) : SearchOutcome;

    /// <summary>The organisation has no such document.</summary>
    public sealed record NoDocument(string Id) : SearchOutcome;

    /// <summary>The document has no vectors yet, or those of another model.</summary>
    public sealed record NotEmbedded(string Id, bool IsOfAnotherModel) : SearchOutcome;

    /// <summary>The query could not be embedded: why, in words for the caller, and when to ask again at the earliest.</summary>
    public sealed record ModelFailed(string Message, TimeSpan? RetryAfter) : SearchOutcome;

    /// <summary>What is left of the organisation's spending limit does not pay for the query.</summary>
    public sealed record SpendingLimit : SearchOutcome;

    /// <summary>Others are searching, and did not end in time.</summary>
    public sealed record Busy : SearchOutcome;

    /// <summary>It took too long; what was read for it is kept, so that the next is faster.</summary>
    public sealed record TooSlow : SearchOutcome;
}

/// <summary>
/// Finds chunks of an organisation's documents by what they mean: the cosine of their vectors and the query's. Ranking by words beside that finds less of the labelled set
/// (<c>RetrievalQualityTests</c>), so it is left out.
/// </summary>
public sealed class SearchService(SearchIndexes indexes, DocumentStore documents, DocumentEmbedder embedder, SpendingLedger spending, JobMetrics metrics, TimeProvider time)
{
    /// <summary>The most searches that a host does at once.</summary>
    public const int MaxSearches = 8;

    /// <summary>The most of them that are one organisation's.</summary>
    public const int MaxSearchesOfOne = 4;

    /// <summary>How long a search waits for its turn.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long a search may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(15);

    private readonly TenantGate _gate = new(MaxSearchesOfOne);
    private readonly SemaphoreSlim _places = new(MaxSearches);

    /// <summary>How chunks are found, as results show it.</summary>
    public string Method => $"cosine of {embedder.Model} vectors";

    /// <summary>Searches.</summary>
    public async Task<SearchOutcome> SearchAsync(Caller caller, Search wanted, CancellationToken cancellationToken)
    {
        using var impatience = new CancellationTokenSource(Patience, time);
        using var patient = CancellationTokenSource.CreateLinkedTokenSource(impatience.Token, cancellationToken);
        IDisposable entry;
        try
        {
            entry = await EnterAsync(caller.Tenant, patient.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SearchOutcome.Busy();
        }

        using (entry)
        {
            using var timeOut = new CancellationTokenSource(TimeLimit, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeOut.Token, cancellationToken);
            try
            {
                return await FindAsync(caller.Tenant, wanted, stop.Token);
            }
            catch (Exception error) when (error is TimeoutException || (error is OperationCanceledException && timeOut.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
            {
                return new SearchOutcome.TooSlow();
            }
        }
    }

    private async Task<SearchOutcome> FindAsync(string tenant, Search wanted, CancellationToken cancellationToken)
    {
        var index = await indexes.GetAsync(tenant, cancellationToken);
        var isComplete = index.IsComplete;
        if (wanted.Documents is { } named)
        {
            if (!isComplete && !named.All(index.Has))
            {
                // Of an organisation that has more than is looked at, whoever names documents has these looked at.
                index = await indexes.ReadAsync(tenant, named, cancellationToken);
            }

            isComplete = index.IsComplete || named.All(index.Has);
            if (isComplete && named.FirstOrDefault(id => !index.Has(id)) is { } missing)
            {
                return await documents.FindAsync(tenant, missing, cancellationToken) is null
                    ? new SearchOutcome.NoDocument(missing)
                    : new SearchOutcome.NotEmbedded(missing, index.OfOtherModels.Contains(missing));
            }
        }

        var others = wanted.Documents is null ? index.OfOtherModels.Count : wanted.Documents.Count(index.OfOtherModels.Contains);
        if (index.Parts.Count == 0 && !embedder.IsLocal)
        {
            // There is nothing to compare with, so nobody is asked, and paid, for the query's vector.
            return new SearchOutcome.Found([], 0, 0, isComplete, others);
        }

        var calls = new PrepaidModelCalls(tenant, spending, metrics);
        ReadOnlyMemory<float> query;
        try
        {
            query = await embedder.EmbedQueryAsync(wanted.Query, calls, cancellationToken);
        }
        catch (WorkbenchBusyException)
        {
            return new SearchOutcome.Busy();
        }
        catch (GenerationException error)
        {
            return calls.IsRefused ? new SearchOutcome.SpendingLimit() : new SearchOutcome.ModelFailed(error.Message, error.RetryAfter);
        }

        var (found, searchedDocuments, searchedChunks) = index.Search(query, wanted.Documents, wanted.Limit, cancellationToken);
        return new SearchOutcome.Found(found, searchedDocuments, searchedChunks, isComplete, others);
    }

    private async Task<IDisposable> EnterAsync(string tenant, CancellationToken cancellationToken)
    {
        var own = await _gate.EnterAsync(tenant, cancellationToken);
        try
        {
            await _places.WaitAsync(cancellationToken);
            return new Entry(own, _places);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private sealed class Entry(IDisposable own, SemaphoreSlim places) : IDisposable
    {
        public void Dispose()
        {
            places.Release();
            own.Dispose();
        }
    }
}
