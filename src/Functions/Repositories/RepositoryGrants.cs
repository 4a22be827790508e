using Microsoft.Extensions.Options;

namespace Jobs.Functions.Repositories;

/// <summary>The settings of <see cref="RepositoryGrants"/>, below <see cref="Section"/>.</summary>
public sealed class RepositoryGrantOptions
{
    /// <summary>What the settings' names begin with.</summary>
    public const string Section = "Repositories";

    /// <summary>Which repositories at GitHub an organisation may register: each <c>organisation=owner/name</c>, or <c>organisation=owner/*</c> for all of an owner.</summary>
    public IList<string> GitHub { get; init; } = [];

    /// <summary>The entries that are not empty.</summary>
    internal IEnumerable<string> Grants => GitHub.Where(grant => !string.IsNullOrEmpty(grant));
}

/// <summary>
/// Which repositories at GitHub an organisation may register. The credential that we have there is the operator's and reaches what that was given, so it is the operator who says whose each
/// repository is.
/// </summary>
public sealed class RepositoryGrants(IOptions<RepositoryGrantOptions> options)
{
    private readonly HashSet<(string Tenant, string Location)> _granted = [.. options.Value.Grants.Select(grant => Read(grant)!.Value)];

    /// <summary>Whether a setting is of a form that there is.</summary>
    public static bool IsValid(string? grant) => Read(grant) is not null;

    /// <summary>Whether an organisation may register <paramref name="location"/>, which is <c>owner/name</c> in either case.</summary>
    public bool Allow(string tenant, string location)
    {
        var name = location.ToLowerInvariant();
        return _granted.Contains((tenant, name)) || _granted.Contains((tenant, $"{name.Split('/')[0]}/*"));
    }

    private static (string Tenant, string Location)? Read(string? grant) =>
        grant?.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && grant[(at + 1)..].Split('/') is [{ Length: > 0 }, { Length: > 0 }]
            ? (grant[..at], grant[(at + 1)..].ToLowerInvariant())
            : null;
}
