using Jobs.Functions.Api.Authentication;
using Jobs.LocalRuntime.Host;

namespace Jobs.Local;

/// <summary>The API key of the local app: made once per data folder and kept in a file that only this user can read.</summary>
/// <param name="Value">The key.</param>
/// <param name="File">Where it is kept.</param>
/// <param name="IsNew">True when this call made it.</param>
internal sealed record DevelopmentKey(string Value, string File, bool IsNew)
{
    public const string FileName = "development-key";

    /// <summary>Reads the key of a data folder, or makes one. Of two processes that make it at once, both get the same.</summary>
    public static DevelopmentKey ReadOrCreate(string dataFolder)
    {
        PrivateFolder.Create(dataFolder);
        var file = Path.Combine(dataFolder, FileName);
        var isNew = !System.IO.File.Exists(file) && TryWrite(file, ApiKey.Create());

        var value = System.IO.File.ReadAllText(file).Trim();
        return ApiKey.IsWellFormed(value)
            ? new DevelopmentKey(value, file, isNew)
            : throw new LocalHostException($"{file} does not hold an API key. Delete it to have a new one made.");
    }

    private static bool TryWrite(string file, string key)
    {
        // Complete under another name first: a file of this name is never seen half written.
        var unfinished = $"{file}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(unfinished, options))
        {
            writer.WriteLine(key);
        }

        try
        {
            System.IO.File.Move(unfinished, file, overwrite: false);
            return true;
        }
        catch (IOException) when (System.IO.File.Exists(file))
        {
            System.IO.File.Delete(unfinished);
            return false;
        }
    }
}
