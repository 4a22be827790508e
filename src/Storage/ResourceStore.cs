using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Conversations;
using Jobs.Domain.Resources;

namespace Jobs.Storage;

/// <summary>
/// A table of widgets or of agents. PartitionKey = tenant; RowKey = the resource's id for the resource, <c>list|{inverted time}|{id}</c> for its line in the list, and
/// <c>chat|{id}|{inverted place}</c> for each message of the conversation about it. What belongs together changes in one transaction.
/// </summary>
public abstract class ResourceStore(TableClient table)
{
    private const string ListPrefix = "list|";

    // '}' is the character after '|'.
    private const string ListEnd = "list}";

    /// <summary>
    /// Inserts a resource with its line in the list and, where a build is asked for, the message that asks; one of that id that is there already stays as it is, so that a creation
    /// can be repeated.
    /// </summary>
    public async Task CreateAsync(Resource resource, ChatMessage? prompt, CancellationToken cancellationToken)
    {
        try
        {
            await table.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.Add, ToEntity(resource)),
                    new(TableTransactionActionType.Add, ListLine(resource)),
                    .. Messages(resource, prompt),
                ],
                cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
        }
    }

    /// <summary>One point read; null when the tenant has no such resource. One whose deletion has begun is found, with <see cref="Resource.IsDeleted"/>.</summary>
    public async Task<StoredResource?> ReadAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(tenant, id, cancellationToken: cancellationToken);
        return row.HasValue ? new StoredResource(FromEntity(row.Value!), row.Value!.ETag) : null;
    }

    /// <summary>
    /// Replaces a resource if it is still as it was read, and writes <paramref name="message"/> with it; false when somebody else changed or removed it first. A message
    /// that is there already is replaced.
    /// </summary>
    public async Task<bool> TryReplaceAsync(StoredResource stored, Resource next, ChatMessage? message, CancellationToken cancellationToken)
    {
        var (was, line) = (ListLine(stored.Resource), ListLine(next));
        var changes = new List<TableTransactionAction> { new(TableTransactionActionType.UpdateReplace, ToEntity(next), stored.ETag) };
        if (next.IsDeleted)
        {
            changes.Add(new(TableTransactionActionType.Delete, line, ETag.All));
        }
        else if (!was.All(column => Equals(column.Value, line[column.Key])))
        {
            changes.Add(new(TableTransactionActionType.UpsertReplace, line));
        }

        changes.AddRange(Messages(next, message));
        try
        {
            if (changes is [_])
            {
                await table.UpdateEntityAsync(ToEntity(next), stored.ETag, TableUpdateMode.Replace, cancellationToken);
            }
            else
            {
                await table.SubmitTransactionAsync(changes, cancellationToken);
            }

            return true;
        }
        catch (RequestFailedException error) when (error.IsStale() || error.IsNotFound())
        {
            return false;
        }
    }

    /// <summary>Removes the row of a resource whose deletion is complete, with its conversation.</summary>
    public async Task RemoveAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await foreach (var row in table.QueryAsync<TableEntity>(MessagesOf(tenant, id), select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }

        await table.DeleteEntityAsync(tenant, id, ETag.All, cancellationToken);
    }

    /// <summary>
    /// One page of a tenant's resources, newest first, and how many there are. One query over the tenant's list; the documented paging by number
    /// with a total needs all of its lines, which carry only what a list shows.
    /// </summary>
    public async Task<(IReadOnlyList<ResourceLine> Page, int Total)> ListAsync(string tenant, int page, int limit, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey gt {ListPrefix} and RowKey lt {ListEnd}");
        var first = (long)(page - 1) * limit;
        var lines = new List<ResourceLine>();
        var total = 0;
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (total >= first && lines.Count < limit)
            {
                lines.Add(new ResourceLine(
                    row.RowKey[(row.RowKey.LastIndexOf('|') + 1)..],
                    row.GetString(nameof(Resource.Name)),
                    row.GetString(nameof(ResourceLine.Status)),
                    row.GetDateTimeOffset(nameof(Resource.CreatedAt))!.Value));
            }

            total++;
        }

        return (lines, total);
    }

    /// <summary>Inserts a message; false when one stands in its place already, which is kept.</summary>
    public async Task<bool> TryAddMessageAsync(string tenant, string id, ChatMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(ChatRow.ToEntity(tenant, id, message), cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
            return false;
        }
    }

    /// <summary>Writes a message, over one that stands in its place.</summary>
    public Task PutMessageAsync(string tenant, string id, ChatMessage message, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(ChatRow.ToEntity(tenant, id, message), TableUpdateMode.Replace, cancellationToken);

    /// <summary>One message, by one point read; null when there is none in that place.</summary>
    public async Task<ChatMessage?> FindMessageAsync(string tenant, string id, string jobId, int number, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(tenant, ChatRow.RowKey(id, jobId, number), cancellationToken: cancellationToken);
        return row.HasValue ? ChatRow.FromEntity(row.Value!) : null;
    }

    /// <summary>The latest <paramref name="limit"/> messages before a place, or of all, newest first: one query.</summary>
    public async Task<IReadOnlyList<ChatMessage>> ListMessagesAsync(
        string tenant,
        string id,
        (string JobId, int Number)? before,
        int limit,
        CancellationToken cancellationToken)
    {
        var from = before is var (jobId, number) ? ChatRow.RowKey(id, jobId, number) : ChatRow.Prefix(id);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey gt {from} and RowKey lt {ChatRow.End(id)}");
        var messages = new List<ChatMessage>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, maxPerPage: limit, cancellationToken: cancellationToken))
        {
            messages.Add(ChatRow.FromEntity(row));
            if (messages.Count == limit)
            {
                break;
            }
        }

        return messages;
    }

    /// <summary>The contract's word for the resource's state, which its line in the list shows.</summary>
    protected abstract string StatusOf(Resource resource);

    /// <summary>Adds the columns of the resource's own type.</summary>
    protected abstract void Write(TableEntity row, Resource resource);

    /// <summary>Makes the resource from a row's own columns and those that every resource has.</summary>
    protected abstract Resource Read(TableEntity row);

    private static string MessagesOf(string tenant, string id) =>
        TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey gt {ChatRow.Prefix(id)} and RowKey lt {ChatRow.End(id)}");

    private static IEnumerable<TableTransactionAction> Messages(Resource resource, ChatMessage? message) =>
        message is null ? [] : [new(TableTransactionActionType.UpsertReplace, ChatRow.ToEntity(resource.Tenant, resource.Id, message))];

    private TableEntity ListLine(Resource resource)
    {
        var inverted = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() - resource.CreatedAt.ToUnixTimeMilliseconds();
        return new TableEntity(resource.Tenant, string.Create(CultureInfo.InvariantCulture, $"{ListPrefix}{inverted:D15}|{resource.Id}"))
        {
            [nameof(Resource.Name)] = resource.Name,
            [nameof(Resource.CreatedAt)] = resource.CreatedAt,
            [nameof(ResourceLine.Status)] = StatusOf(resource),
        };
    }

    private TableEntity ToEntity(Resource resource)
    {
        var row = new TableEntity(resource.Tenant, resource.Id)
        {
            [nameof(Resource.Name)] = resource.Name,
            [nameof(Resource.Description)] = resource.Description,
            [nameof(Resource.CreatedAt)] = resource.CreatedAt,
            [nameof(Resource.CurrentJobId)] = resource.CurrentJobId,
            [nameof(Resource.ClaimedAt)] = resource.ClaimedAt,
            [nameof(Resource.SourcesRef)] = resource.SourcesRef,
            [nameof(Resource.IsDeleted)] = resource.IsDeleted,
        };
        Write(row, resource);
        return row;
    }

    private Resource FromEntity(TableEntity row) => Read(row) with
    {
        Description = row.GetString(nameof(Resource.Description)),
        CurrentJobId = row.GetString(nameof(Resource.CurrentJobId)),
        ClaimedAt = row.GetDateTimeOffset(nameof(Resource.ClaimedAt)),
        SourcesRef = row.GetString(nameof(Resource.SourcesRef)),
        IsDeleted = row.GetBoolean(nameof(Resource.IsDeleted)) ?? false,
    };
}

/// <summary>A resource together with the ETag of its row.</summary>
public sealed record StoredResource(Resource Resource, ETag ETag);

/// <summary>What a list shows of a resource.</summary>
public sealed record ResourceLine(string Id, string Name, string Status, DateTimeOffset CreatedAt);
