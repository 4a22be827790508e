namespace Jobs.LocalRuntime.Storage;

/// <summary>
/// A storage account as a connection string names it: either <c>LocalFolder=/absolute/path</c>, which only the local runtime understands and which selects
/// the stores in that folder, or the service's own form with an account and its key.
/// </summary>
/// <param name="LocalFolder">The folder of the local stores; null for an account.</param>
/// <param name="AccountName">The account; empty for a local folder.</param>
/// <param name="AccountKey">The account's key, base64; empty for a local folder.</param>
/// <param name="TableEndpoint">Where the tables are; null when the string names none.</param>
/// <param name="BlobEndpoint">Where the blobs are; null when the string names none.</param>
internal sealed record StorageConnectionString(string? LocalFolder, string AccountName, string AccountKey, Uri? TableEndpoint, Uri? BlobEndpoint)
{
    /// <summary>The account name that every emulator of Azure Storage knows.</summary>
    public const string EmulatorAccount = "devstoreaccount1";

    /// <summary>The published key of <see cref="EmulatorAccount"/>; it protects nothing.</summary>
    public const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string DefaultSuffix = "core.windows.net";

    /// <summary>Parses. Throws <see cref="FormatException"/> for a string without what it needs and <see cref="NotSupportedException"/> for a setting that is not mirrored.</summary>
    public static StorageConnectionString Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=');
            if (equals <= 0 || !settings.TryAdd(part[..equals], part[(equals + 1)..]))
                throw new FormatException("A connection string consists of distinct Name=Value settings with a semicolon between them.");
        }

        foreach (var name in settings.Keys)
        {
            if (!Known.Contains(name))
                throw new NotSupportedException($"The connection string setting {name} is not mirrored by the local runtime.");
        }

        if (settings.TryGetValue("LocalFolder", out var folder))
        {
            return settings.Count == 1 && Path.IsPathFullyQualified(folder)
                ? new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), "", "", null, null)
                : throw new FormatException("LocalFolder takes an absolute path and stands alone.");
        }

        if (settings.TryGetValue("UseDevelopmentStorage", out var development))
        {
            return settings.Count == 1 && bool.TryParse(development, out var use) && use
                ? new(null, EmulatorAccount, EmulatorKey, new Uri($"http://127.0.0.1:10002/{EmulatorAccount}"), new Uri($"http://127.0.0.1:10000/{EmulatorAccount}"))
                : throw new FormatException("UseDevelopmentStorage=true stands alone.");
        }

        if (!settings.TryGetValue("AccountName", out var account) || !settings.TryGetValue("AccountKey", out var key))
            throw new FormatException("The connection string needs AccountName and AccountKey, or UseDevelopmentStorage=true, or LocalFolder.");
        return new(null, account, key, Endpoint("table"), Endpoint("blob"));

        Uri Endpoint(string service) => settings.TryGetValue($"{service}Endpoint", out var explicitEndpoint)
            ? new Uri(explicitEndpoint)
            : new Uri($"{settings.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{account}.{service}.{settings.GetValueOrDefault("EndpointSuffix", DefaultSuffix)}");
    }

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "LocalFolder", "UseDevelopmentStorage", "DefaultEndpointsProtocol", "AccountName", "AccountKey", "TableEndpoint", "BlobEndpoint", "QueueEndpoint", "EndpointSuffix",
    };
}
