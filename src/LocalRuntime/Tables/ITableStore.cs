using Azure;
using Azure.Data.Tables;

namespace Jobs.LocalRuntime.Tables;

/// <summary>
/// What stands behind a <see cref="TableClient"/>: the local database or the service over REST. A refusal is a <see cref="RequestFailedException"/> with
/// the service's status and error code. Arguments have passed <see cref="TableLimits"/>.
/// </summary>
internal interface ITableStore
{
    /// <summary>Counts of what was asked, for tests and figures.</summary>
    TableTransactions Transactions { get; }

    /// <summary>Makes a table. 409 TableAlreadyExists when it is there.</summary>
    Task<Response> CreateTableAsync(string table, CancellationToken cancellationToken);

    /// <summary>Reads one entity.</summary>
    Task<TableRead> GetAsync(string table, string partitionKey, string rowKey, IReadOnlyCollection<string>? select, CancellationToken cancellationToken);

    /// <summary>Does one change. The answer carries the new ETag.</summary>
    Task<Response> WriteAsync(string table, TableWrite write, CancellationToken cancellationToken);

    /// <summary>Does all changes or none. Answers in order; a refusal is a <see cref="TableTransactionFailedException"/> with the index.</summary>
    Task<IReadOnlyList<Response>> WriteTransactionAsync(string table, IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken);

    /// <summary>Reads one page, in key order.</summary>
    Task<Page<TableEntity>> QueryAsync(string table, TableQuery query, string? continuation, CancellationToken cancellationToken);
}
