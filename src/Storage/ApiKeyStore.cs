using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>Whom a stored key stands for. Only a key that was stored as an admin's is one.</summary>
public sealed record ApiKeyOwner(string Tenant, string User, bool IsAdmin);

/// <summary>
/// The table <c>ApiKeys</c>. Only the SHA-256 of a key is stored: PartitionKey = RowKey = its first 32 hex digits, and the whole of it in a
/// column that is compared in constant time.
/// </summary>
public sealed class ApiKeyStore(StorageAccount storage)
{
    private const int KeyIdLength = 32;

    private readonly TableClient _table = storage.ApiKeys;

    /// <summary>One point read; null when no such key is known or it was revoked.</summary>
    public async Task<ApiKeyOwner?> FindAsync(byte[] keyHash, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(keyHash);
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(hash[..KeyIdLength], hash[..KeyIdLength], cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found } && CryptographicOperations.FixedTimeEquals(Convert.FromHexString(found.GetString("Hash")), keyHash)
            ? new ApiKeyOwner(
                found.GetString(nameof(ApiKeyOwner.Tenant)),
                found.GetString(nameof(ApiKeyOwner.User)),
                found.GetBoolean(nameof(ApiKeyOwner.IsAdmin)) ?? false)
            : null;
    }

    /// <summary>Stores the hash of a key; a key that is stored already is kept as it is.</summary>
    public async Task AddAsync(byte[] keyHash, ApiKeyOwner owner, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(keyHash);
        try
        {
            await _table.AddEntityAsync(
                new TableEntity(hash[..KeyIdLength], hash[..KeyIdLength])
                {
                    ["Hash"] = hash,
                    [nameof(ApiKeyOwner.Tenant)] = owner.Tenant,
                    [nameof(ApiKeyOwner.User)] = owner.User,
                    [nameof(ApiKeyOwner.IsAdmin)] = owner.IsAdmin,
                },
                cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
        }
    }

    /// <summary>Revokes a key, if it is there.</summary>
    public Task RemoveAsync(byte[] keyHash, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(keyHash);
        return _table.DeleteEntityAsync(hash[..KeyIdLength], hash[..KeyIdLength], ETag.All, cancellationToken);
    }
}
