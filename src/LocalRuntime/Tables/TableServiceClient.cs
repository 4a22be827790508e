#nullable disable

using Azure.Core;
using Jobs.LocalRuntime.Storage;
using Jobs.LocalRuntime.Tables;

namespace Azure.Data.Tables;

/// <summary>The tables of one account.</summary>
public class TableServiceClient
{
    private readonly ITableStore _store;

    /// <summary>By connection string; <c>LocalFolder=/absolute/path</c> selects the database in that folder.</summary>
    public TableServiceClient(string connectionString)
    {
        var account = StorageConnectionString.Parse(connectionString);
        _store = account.LocalFolder is { } folder ? LocalStores.Tables(folder) : RestTableStore.WithSharedKey(account, new TableClientOptions());
    }

    /// <summary>By address and identity.</summary>
    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(tokenCredential);
        _store = RestTableStore.WithIdentity(endpoint, tokenCredential, options ?? new TableClientOptions());
    }

    /// <summary>One table; nothing is sent.</summary>
    public virtual TableClient GetTableClient(string tableName) => new(_store, tableName);
}
