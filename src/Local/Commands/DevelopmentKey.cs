using Jobs.Domain.Identity;

namespace Jobs.Local.Commands;

/// <summary>The API key of the local app.</summary>
internal static class DevelopmentKey
{
    public const string FileName = "development-key";

    /// <summary>The key of a data folder: <see cref="KeyFile.ReadOrCreate"/>.</summary>
    public static KeyFile ReadOrCreate(string dataFolder) =>
        KeyFile.ReadOrCreate(dataFolder, FileName, ApiKey.Create, ApiKey.IsWellFormed, "Delete it to have a new one made.");
}
