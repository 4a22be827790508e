using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jobs.Storage;

/// <summary>
/// How the account of our own rows and artifacts is reached: by a connection string, for the emulator, or by its name or addresses as an identity, as the Functions host reaches its own accounts
/// and by settings of the same names.
/// </summary>
public sealed partial class StorageAccountOptions
{
    /// <summary>The setting that is the connection string, and what the names of the others begin with.</summary>
    public const string Section = "JobsStorage";

    /// <summary>The word of <see cref="Credential"/>.</summary>
    public const string ManagedIdentity = "managedidentity";

    /// <summary>The setting <see cref="Section"/> itself. Where it is set, it counts and the others do not.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The account's name, in the public cloud: stands for both addresses.</summary>
    public string? AccountName { get; set; }

    /// <summary>The address of its tables: https, without a query, which might be a signature.</summary>
    public string? TableServiceUri { get; set; }

    /// <summary>The address of its blobs, likewise.</summary>
    public string? BlobServiceUri { get; set; }

    /// <summary><see cref="ManagedIdentity"/>, for the app's identity in Azure; without it whatever <see cref="DefaultAzureCredential"/> finds, such as a developer's own sign-in.</summary>
    public string? Credential { get; set; }

    /// <summary>The client id of a user-assigned identity; without it the system-assigned one.</summary>
    public string? ClientId { get; set; }

    /// <summary>Reads the settings. Throws <see cref="OptionsValidationException"/> with what is wrong with them, which names each and shows no secret.</summary>
    public static StorageAccountOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var options = section.Get<StorageAccountOptions>() ?? new();
        // A section has its own value beside what is below it.
        options.ConnectionString = section.Value;
        var faults = Faults(options).ToArray();
        return faults.Length == 0 ? options : throw new OptionsValidationException(Section, typeof(StorageAccountOptions), faults);
    }

    /// <summary>Whether a connection string is used, and no identity.</summary>
    internal bool IsByConnectionString => !string.IsNullOrEmpty(ConnectionString);

    /// <summary>The addresses that an identity goes to.</summary>
    internal (Uri Tables, Uri Blobs) Addresses => (new(TableServiceUri ?? AddressOf("table")), new(BlobServiceUri ?? AddressOf("blob")));

    /// <summary>The identity. Nothing is asked before it is used.</summary>
    internal TokenCredential NewCredential() => Credential switch
    {
        ManagedIdentity => new ManagedIdentityCredential(string.IsNullOrEmpty(ClientId) ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(ClientId)),
        _ => new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = string.IsNullOrEmpty(ClientId) ? null : ClientId }),
    };

    private static IEnumerable<string> Faults(StorageAccountOptions options)
    {
        if (options.IsByConnectionString)
        {
            yield break;
        }

        if (string.IsNullOrEmpty(options.AccountName) && (string.IsNullOrEmpty(options.TableServiceUri) || string.IsNullOrEmpty(options.BlobServiceUri)))
        {
            yield return $"Set {Section} to a connection string, or {Name(nameof(AccountName))} to the account's name, or {Name(nameof(TableServiceUri))} and {Name(nameof(BlobServiceUri))} to its addresses.";
        }

        if (!string.IsNullOrEmpty(options.AccountName) && !AccountNamePattern().IsMatch(options.AccountName))
        {
            yield return $"The setting {Name(nameof(AccountName))} must be the name of a storage account: 3 to 24 lower-case letters and digits.";
        }

        foreach (var (name, address) in new[] { (nameof(TableServiceUri), options.TableServiceUri), (nameof(BlobServiceUri), options.BlobServiceUri) })
        {
            if (!string.IsNullOrEmpty(address) && !IsAddress(address))
            {
                yield return $"The setting {Name(name)} must be an address that begins with https:// and has no user, query or fragment.";
            }
        }

        if (!string.IsNullOrEmpty(options.Credential) && options.Credential != ManagedIdentity)
        {
            yield return $"The setting {Name(nameof(Credential))} must be {ManagedIdentity}, or not be set.";
        }

        if (!string.IsNullOrEmpty(options.ClientId) && !Guid.TryParseExact(options.ClientId, "D", out _))
        {
            yield return $"The setting {Name(nameof(ClientId))} must be the client id of an identity, such as 00000000-0000-0000-0000-000000000000.";
        }
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;

    private static string Name(string property) => $"{Section}:{char.ToLowerInvariant(property[0])}{property[1..]}";

    private string AddressOf(string service) => $"https://{AccountName}.{service}.core.windows.net";

    [GeneratedRegex("^[a-z0-9]{3,24}$")]
    private static partial Regex AccountNamePattern();
}
