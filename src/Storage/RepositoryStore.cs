using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;

namespace Jobs.Storage;

/// <summary>What came of registering a repository.</summary>
public enum Registration
{
    /// <summary>It is registered, now or from before with the same settings.</summary>
    Done,

    /// <summary>The organisation has another of that name.</summary>
    NameTaken,

    /// <summary>It is registered already: by the organisation under another name, or by another one.</summary>
    LocationTaken,

    /// <summary>The organisation has as many as it may.</summary>
    TooMany,
}

/// <summary>
/// The table <c>Repositories</c>. PartitionKey = tenant, RowKey = the name in lower case, with <c>|</c> for <c>/</c>; and a row <c>|count</c>, which changes with them in one transaction,
/// so that the limit holds whoever else writes. PartitionKey = RowKey = <see cref="RepositoryState.KeyOf"/>: whose it is, because one repository is registered once.
/// </summary>
public sealed class RepositoryStore(StorageAccount storage)
{
    private const string CountRow = "|count";

    private readonly TableClient _table = storage.Repositories;

    /// <summary>Registers a repository. Repeating it changes nothing.</summary>
    public async Task<Registration> AddAsync(Repository repository, int most, CancellationToken cancellationToken)
    {
        var key = RepositoryState.KeyOf(repository.Kind, repository.Location);
        if (await FindAsync(repository.Tenant, repository.Name, cancellationToken) is { } known)
        {
            return IsSame(known, repository) ? Registration.Done : Registration.NameTaken;
        }

        if (!await TryClaimAsync(key, repository, cancellationToken))
        {
            return Registration.LocationTaken;
        }

        while (true)
        {
            var (count, etag) = await ReadCountAsync(repository.Tenant, cancellationToken);
            if (count >= most)
            {
                await ReleaseAsync(key, repository.Tenant, repository.Name, cancellationToken);
                return Registration.TooMany;
            }

            if (await TryChangeAsync(repository.Tenant, count + 1, etag, new(TableTransactionActionType.Add, ToEntity(repository)), cancellationToken))
            {
                return Registration.Done;
            }

            // Whoever counted meanwhile may have registered this very one.
            if (await FindAsync(repository.Tenant, repository.Name, cancellationToken) is { } other)
            {
                return IsSame(other, repository) ? Registration.Done : Registration.NameTaken;
            }
        }
    }

    /// <summary>One point read; null when the organisation has none of that name, in either case.</summary>
    public async Task<Repository?> FindAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, RowKey(name), cancellationToken: cancellationToken);
        return row.HasValue ? FromEntity(row.Value!) : null;
    }

    /// <summary>The organisation's repositories, in the order of their names.</summary>
    public async Task<IReadOnlyList<Repository>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {tenant}");
        return await _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).Where(row => row.RowKey != CountRow).Select(FromEntity).ToListAsync(cancellationToken);
    }

    /// <summary>Whose a repository is that is known by its key; null when nobody has registered it.</summary>
    public async Task<string?> FindOwnerAsync(string key, CancellationToken cancellationToken) =>
        await _table.GetEntityIfExistsAsync<TableEntity>(key, key, cancellationToken: cancellationToken) is { HasValue: true, Value: { } row } ? row.GetString(nameof(Repository.Tenant)) : null;

    /// <summary>Takes a repository out; false when there is none of that name.</summary>
    public async Task<bool> RemoveAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(tenant, name, cancellationToken) is not { } known)
            {
                return false;
            }

            var (count, etag) = await ReadCountAsync(tenant, cancellationToken);
            if (await TryChangeAsync(tenant, count - 1, etag, new(TableTransactionActionType.Delete, new TableEntity(tenant, RowKey(name)), ETag.All), cancellationToken))
            {
                // Last: who dies before it leaves a claim that the same registration finds to be its own.
                await ReleaseAsync(RepositoryState.KeyOf(known.Kind, known.Location), tenant, known.Name, cancellationToken);
                return true;
            }
        }
    }

    private static bool IsSame(Repository one, Repository other) =>
        one with { CreatedAt = other.CreatedAt, AllowedPaths = other.AllowedPaths } == other && one.AllowedPaths.SequenceEqual(other.AllowedPaths);

    private static string RowKey(string name) => name.ToLowerInvariant().Replace('/', '|');

    private static TableEntity ToEntity(Repository repository) => new(repository.Tenant, RowKey(repository.Name))
    {
        [nameof(Repository.Name)] = repository.Name,
        [nameof(Repository.Kind)] = repository.Kind.ToString(),
        [nameof(Repository.Location)] = repository.Location,
        [nameof(Repository.DefaultBranch)] = repository.DefaultBranch,
        [nameof(Repository.AutoMerge)] = repository.AutoMerge,
        [nameof(Repository.AllowedPaths)] = JsonSerializer.Serialize(repository.AllowedPaths),
        [nameof(Repository.Check)] = repository.Check,
        [nameof(Repository.CreatedAt)] = repository.CreatedAt,
    };

    private static Repository FromEntity(TableEntity row) => new(
        row.PartitionKey,
        row.GetString(nameof(Repository.Name)),
        Enum.Parse<RepositoryKind>(row.GetString(nameof(Repository.Kind))),
        row.GetString(nameof(Repository.Location)),
        row.GetString(nameof(Repository.DefaultBranch)),
        row.GetBoolean(nameof(Repository.AutoMerge)) ?? false,
        JsonSerializer.Deserialize<string[]>(row.GetString(nameof(Repository.AllowedPaths)))!,
        row.GetString(nameof(Repository.Check)),
        row.GetDateTimeOffset(nameof(Repository.CreatedAt))!.Value);

    /// <summary>False when another organisation has it, or this one under another name.</summary>
    private async Task<bool> TryClaimAsync(string key, Repository repository, CancellationToken cancellationToken)
    {
        var claim = new TableEntity(key, key)
        {
            [nameof(Repository.Tenant)] = repository.Tenant,
            [nameof(Repository.Name)] = RowKey(repository.Name),
            [nameof(Repository.CreatedAt)] = repository.CreatedAt,
        };
        try
        {
            await _table.AddEntityAsync(claim, cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
            return await _table.GetEntityIfExistsAsync<TableEntity>(key, key, cancellationToken: cancellationToken) is { HasValue: true, Value: { } found }
                && (IsOf(found, repository.Tenant, repository.Name) || await TryTakeOverAsync(claim, found, repository.CreatedAt, cancellationToken));
        }
    }

    /// <summary>A claim without its repository was left by a registration or a removal that died.</summary>
    private async Task<bool> TryTakeOverAsync(TableEntity claim, TableEntity found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - found.GetDateTimeOffset(nameof(Repository.CreatedAt)) < SweepEntry.AnnouncementLifetime
            || (await FindAsync(found.GetString(nameof(Repository.Tenant)), found.GetString(nameof(Repository.Name)), cancellationToken) is { } known
                && RepositoryState.KeyOf(known.Kind, known.Location) == found.PartitionKey))
        {
            return false;
        }

        try
        {
            await _table.UpdateEntityAsync(claim, found.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsStale() || error.IsNotFound())
        {
            return false;
        }
    }

    private static bool IsOf(TableEntity claim, string tenant, string name) =>
        claim.GetString(nameof(Repository.Tenant)) == tenant && claim.GetString(nameof(Repository.Name)) == RowKey(name);

    private async Task ReleaseAsync(string key, string tenant, string name, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(key, key, cancellationToken: cancellationToken);
        if (row is { HasValue: true, Value: { } found } && IsOf(found, tenant, name))
        {
            await _table.DeleteEntityAsync(key, key, ETag.All, cancellationToken);
        }
    }

    private async Task<(int Count, ETag? ETag)> ReadCountAsync(string tenant, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, CountRow, cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found } ? (found.GetInt32("Count") ?? 0, found.ETag) : (0, null);
    }

    /// <summary>False when somebody else was first.</summary>
    private async Task<bool> TryChangeAsync(string tenant, int count, ETag? read, TableTransactionAction change, CancellationToken cancellationToken)
    {
        try
        {
            var counter = new TableEntity(tenant, CountRow) { ["Count"] = count };
            TableTransactionAction first = read is { } etag ? new(TableTransactionActionType.UpdateReplace, counter, etag) : new(TableTransactionActionType.Add, counter);
            await _table.SubmitTransactionAsync([first, change], cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsStale() || error.IsConflict() || error.IsNotFound())
        {
            return false;
        }
    }
}
