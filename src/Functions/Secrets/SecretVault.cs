using Jobs.Domain.Secrets;
using Jobs.Storage;

namespace Jobs.Functions.Secrets;

/// <summary>
/// The secrets of agents. Values go in, and come out only for a run: they are stored encrypted, bound to their tenant, agent and name. Whoever calls has made sure that the agent is
/// the caller's.
/// </summary>
public sealed class SecretVault(SecretStore store, SecretKeys keys, TimeProvider time)
{
    /// <summary>False when the setting for it is missing; then nothing can be stored or read.</summary>
    public bool IsConfigured => keys.IsConfigured;

    /// <summary>Stores a value in place of the one before; null when the agent has <see cref="SecretLimits.MaxSecrets"/> others already.</summary>
    public Task<SecretLine?> WriteAsync(string tenant, string agentId, string name, string value, CancellationToken cancellationToken) =>
        store.WriteAsync(agentId, name, keys.Seal(value, Owner(tenant, agentId, name)), time.GetUtcNow(), SecretLimits.MaxSecrets, cancellationToken);

    /// <summary>Removes a secret; false when the agent has none of that name.</summary>
    public Task<bool> DeleteAsync(string agentId, string name, CancellationToken cancellationToken) => store.DeleteAsync(agentId, name, cancellationToken);

    /// <summary>What secrets the agent has, by name.</summary>
    public Task<IReadOnlyList<SecretLine>> ListAsync(string agentId, CancellationToken cancellationToken) => store.ListAsync(agentId, cancellationToken);

    /// <summary>
    /// For a run: the values of those of these names that the agent has. Throws <see cref="SecretsUnavailableException"/> when one is there but cannot be opened.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        string tenant,
        string agentId,
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (await store.FindAsync(agentId, name, cancellationToken) is { } found)
            {
                values[name] = keys.Open(found, Owner(tenant, agentId, name));
            }
        }

        return values;
    }

    /// <summary>Removes every secret of an agent, also when nothing seems to be left.</summary>
    public Task DeleteAllAsync(string agentId, CancellationToken cancellationToken) => store.DeleteAllAsync(agentId, cancellationToken);

    // Ids and names contain no '/', so no two owners read the same.
    private static string Owner(string tenant, string agentId, string name) => $"{tenant}/{agentId}/{name}";
}
