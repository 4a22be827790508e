#nullable disable

using System.Globalization;
using System.Xml;
using Azure.Data.Tables.Models;
using Jobs.LocalRuntime.Storage;
using Jobs.LocalRuntime.Tables;

namespace Azure.Data.Tables;

/// <summary>
/// One table. Entities are <see cref="TableEntity"/>; limits of the service are checked here, whatever stands behind. Every refusal is a
/// <see cref="RequestFailedException"/> with the service's status and error code.
/// </summary>
public class TableClient
{
    private readonly ITableStore _store;

    internal TableClient(ITableStore store, string name)
    {
        TableLimits.CheckTableName(name);
        (_store, Name) = (store, name);
    }

    /// <summary>For a test's own client.</summary>
    protected TableClient()
    {
    }

    /// <summary>The table's name.</summary>
    public virtual string Name { get; }

    /// <summary>Writes an interpolated OData filter with its values as literals.</summary>
    public static string CreateQueryFilter(FormattableString filter) =>
        filter is null ? null : string.Format(CultureInfo.InvariantCulture, filter.Format, filter.GetArguments().Select(Literal).ToArray());

    /// <summary>Makes the table unless it is there.</summary>
    public virtual async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        _store.Transactions.CountWrite(Name);
        Response response;
        try
        {
            response = await _store.CreateTableAsync(Name, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableAlreadyExists)
        {
            response = new StoredResponse(e.Status);
        }

        return Response.FromValue(new TableItem(Name), response);
    }

    /// <summary>Inserts. 409 EntityAlreadyExists when the keys are taken. A retry after a lost answer can meet its own insert as a 409.</summary>
    public virtual Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity => WriteAsync(TableTransactionActionType.Add, entity, default, cancellationToken);

    /// <summary>Reads. 404 ResourceNotFound when there is none.</summary>
    public virtual async Task<Response<T>> GetEntityAsync<T>(string partitionKey, string rowKey, IEnumerable<string> select = default, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var read = await ReadAsync<T>(partitionKey, rowKey, select, cancellationToken).ConfigureAwait(false);
        return read.Missing is null ? Response.FromValue((T)(object)read.Entity, read.Response) : throw read.Missing;
    }

    /// <summary>Reads; without a value when there is none.</summary>
    public virtual async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string> select = default, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var read = await ReadAsync<T>(partitionKey, rowKey, select, cancellationToken).ConfigureAwait(false);
        return read.Missing is null ? Response.FromValue((T)(object)read.Entity, read.Response) : new MissingValue<T>(read.Response);
    }

    /// <summary>Changes an entity that is there and, unless <paramref name="ifMatch"/> is <see cref="ETag.All"/>, has this version: else 404 or 412.</summary>
    public virtual Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        if (ifMatch == default)
            throw new ArgumentException("Value cannot be empty.", nameof(ifMatch));
        var action = mode switch
        {
            TableUpdateMode.Merge => TableTransactionActionType.UpdateMerge,
            TableUpdateMode.Replace => TableTransactionActionType.UpdateReplace,
            _ => throw new ArgumentException($"Unexpected value for {nameof(mode)}: {mode}"),
        };
        return WriteAsync(action, entity, ifMatch, cancellationToken);
    }

    /// <summary>Inserts, or changes whatever is there.</summary>
    public virtual Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        var action = mode switch
        {
            TableUpdateMode.Merge => TableTransactionActionType.UpsertMerge,
            TableUpdateMode.Replace => TableTransactionActionType.UpsertReplace,
            _ => throw new ArgumentException($"Unexpected value for {nameof(mode)}: {mode}"),
        };
        return WriteAsync(action, entity, default, cancellationToken);
    }

    /// <summary>Deletes. An entity that is not there is no error but a response of status 404; another version than <paramref name="ifMatch"/> is 412.</summary>
    public virtual async Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        var entity = new TableEntity(partitionKey, rowKey);
        try
        {
            return await WriteAsync(TableTransactionActionType.Delete, entity, ifMatch == default ? ETag.All : ifMatch, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new StoredResponse(e.Status);
        }
    }

    /// <summary>Reads entities in the order of their keys, a page at a time; a page has at most 1,000, and its continuation token starts the next.</summary>
    public virtual AsyncPageable<T> QueryAsync<T>(
        string filter = default, int? maxPerPage = default, IEnumerable<string> select = default, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        RequireTableEntity<T>();
        return (AsyncPageable<T>)(object)new TablePages(_store, Name, filter, maxPerPage, Selection(select), cancellationToken);
    }

    /// <summary>Does all actions or none; 1 to 100 of one partition, no entity twice. A refused action is a <see cref="TableTransactionFailedException"/>.</summary>
    public virtual async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transactionActions);
        var writes = new List<TableWrite>();
        foreach (var action in transactionActions)
        {
            try
            {
                writes.Add(TableWrite.From(action.ActionType, action.Entity, Condition(action)));
            }
            catch (RequestFailedException e)
            {
                throw TableTransactionFailedException.At(writes.Count, e);
            }
        }

        TableLimits.CheckTransaction(writes);
        _store.Transactions.CountWrite(Name);
        var responses = await _store.WriteTransactionAsync(Name, writes, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(responses, new StoredResponse(202));
    }

    private Task<Response> WriteAsync(TableTransactionActionType action, ITableEntity entity, ETag ifMatch, CancellationToken cancellationToken)
    {
        var write = TableWrite.From(action, entity, ifMatch);
        _store.Transactions.CountWrite(Name);
        return _store.WriteAsync(Name, write, cancellationToken);
    }

    private Task<TableRead> ReadAsync<T>(string partitionKey, string rowKey, IEnumerable<string> select, CancellationToken cancellationToken)
    {
        RequireTableEntity<T>();
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        TableLimits.CheckKeys(partitionKey, rowKey);
        _store.Transactions.CountRead(Name);
        return _store.GetAsync(Name, partitionKey, rowKey, Selection(select), cancellationToken);
    }

    private static void RequireTableEntity<T>()
    {
        if (typeof(T) != typeof(TableEntity))
            throw new NotSupportedException($"The local runtime mirrors {nameof(TableEntity)} only, not entities of type {typeof(T)}.");
    }

    private static IReadOnlyCollection<string> Selection(IEnumerable<string> select) => select?.ToHashSet(StringComparer.Ordinal);

    private static ETag Condition(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.Delete => action.ETag == default ? ETag.All : action.ETag,
        // The real package sends such an update without a condition, and the service then INSERTS a missing entity.
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace when action.ETag == default =>
            throw new NotSupportedException($"{action.ActionType} without an ETag would be an upsert: give ETag.All or the entity's version."),
        _ => action.ETag,
    };

    private static object Literal(object value) => value switch
    {
        null => throw new NotSupportedException("A filter with null matches nothing."),
        string or char => $"'{value.ToString()!.Replace("'", "''", StringComparison.Ordinal)}'",
        bool flag => flag ? "true" : "false",
        int or double => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        Guid id => $"guid'{id}'",
        DateTimeOffset time => $"datetime'{XmlConvert.ToString(time.UtcDateTime, XmlDateTimeSerializationMode.RoundtripKind)}'",
        DateTime time => $"datetime'{XmlConvert.ToString(time.ToUniversalTime(), XmlDateTimeSerializationMode.RoundtripKind)}'",
        // The real package writes bytes in decimal, which finds nothing.
        _ => throw new NotSupportedException($"The local runtime writes no filter literals of type {value.GetType()}."),
    };
}
