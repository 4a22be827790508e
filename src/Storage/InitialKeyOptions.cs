using Jobs.Domain.Identity;

namespace Jobs.Storage;

/// <summary>The first API key, an admin's, below <see cref="Section"/>.</summary>
public sealed class InitialKeyOptions
{
    /// <summary>What the settings' names begin with.</summary>
    public const string Section = "Jobs";

    /// <summary>The organisation of the first key when none is set.</summary>
    public const string DefaultTenant = "default";

    /// <summary>The most characters of <see cref="InitialTenant"/>.</summary>
    public const int MaxTenantLength = 100;

    /// <summary>The key, of which the hash is stored at start; none where it is not set. A key that is stored already stays what it is.</summary>
    public string? InitialApiKey { get; set; }

    /// <summary>Its organisation, 1 to <see cref="MaxTenantLength"/> characters: it is a part of keys of rows, names of blobs and addresses.</summary>
    public string InitialTenant { get; set; } = DefaultTenant;

    /// <summary>Whether there is no key, or a well-formed one.</summary>
    internal bool HasValidKey => string.IsNullOrEmpty(InitialApiKey) || ApiKey.IsWellFormed(InitialApiKey);

    /// <summary>Whether the organisation's name can stand wherever it has to.</summary>
    internal bool HasValidTenant =>
        InitialTenant.Length is >= 1 and <= MaxTenantLength && InitialTenant.Trim() == InitialTenant && !InitialTenant.Any(c => char.IsControl(c) || c is '/' or '\\' or '#' or '?' or '|' or '%');
}
