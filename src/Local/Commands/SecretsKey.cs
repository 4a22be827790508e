using System.Security.Cryptography;
using Jobs.Functions.Secrets;

namespace Jobs.Local.Commands;

/// <summary>What the local app encrypts the secrets of agents with.</summary>
internal static class SecretsKey
{
    public const string FileName = "secrets-key";

    /// <summary>The key of a data folder: <see cref="KeyFile.ReadOrCreate"/>. It is never made anew in place of one that is there, which secrets may need.</summary>
    public static KeyFile ReadOrCreate(string dataFolder) => KeyFile.ReadOrCreate(
        dataFolder,
        FileName,
        () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretKeys.KeyBytes)),
        SecretKeys.IsWellFormed,
        "Put back what it held; or delete it, and every secret that is stored is lost.");
}
