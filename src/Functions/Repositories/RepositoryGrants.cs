using Microsoft.Extensions.Configuration;

namespace Jobs.Functions.Repositories;

/// <summary>
/// Which repositories at GitHub an organisation may register. The credential that we have there is the operator's and reaches what that was given, so it is the operator who says whose each
/// repository is: by the settings <c>Repositories:GitHub:0</c>, <c>:1</c>, …, each <c>organisation=owner/name</c>, or <c>organisation=owner/*</c> for all of an owner.
/// </summary>
public sealed class RepositoryGrants
{
    /// <summary>What the settings' names begin with.</summary>
    public const string Section = "Repositories:GitHub";

    private readonly HashSet<(string Tenant, string Location)> _granted = [];

    /// <summary>Reads the settings; throws <see cref="InvalidOperationException"/> for one that is not of this form.</summary>
    public RepositoryGrants(IConfiguration configuration)
    {
        foreach (var setting in configuration.GetSection(Section).GetChildren())
        {
            // An organisation's name may have any character but the one that ends it.
            var at = setting.Value?.IndexOf('=', StringComparison.Ordinal) ?? -1;
            if (at < 1 || setting.Value![(at + 1)..].Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
            {
                throw new InvalidOperationException($"The setting {setting.Path} must be 'organisation=owner/name' or 'organisation=owner/*'.");
            }

            _granted.Add((setting.Value[..at], setting.Value[(at + 1)..].ToLowerInvariant()));
        }
    }

    /// <summary>Whether an organisation may register <paramref name="location"/>, which is <c>owner/name</c> in either case.</summary>
    public bool Allow(string tenant, string location)
    {
        var name = location.ToLowerInvariant();
        return _granted.Contains((tenant, name)) || _granted.Contains((tenant, $"{name.Split('/')[0]}/*"));
    }
}
