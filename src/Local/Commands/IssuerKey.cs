using Jobs.Local.Identity;

namespace Jobs.Local.Commands;

/// <summary>What the development issuer signs tokens with.</summary>
internal static class IssuerKey
{
    public const string FileName = "issuer-key";

    /// <summary>The key of a data folder: <see cref="KeyFile.ReadOrCreate"/>. A token is valid after a restart too.</summary>
    public static KeyFile ReadOrCreate(string dataFolder) =>
        KeyFile.ReadOrCreate(dataFolder, FileName, DevelopmentIssuer.CreateKey, DevelopmentIssuer.IsKey, "Delete it to have a new one made; tokens that are issued end with it.");
}
