using System.Diagnostics;
using Jobs.Local.Host;

namespace Jobs.Local.Commands;

/// <summary>A key of the local app: made once per data folder and kept in a file that only this user can read.</summary>
/// <param name="Value">The key.</param>
/// <param name="File">Where it is kept.</param>
/// <param name="IsNew">True when this call made it.</param>
internal sealed record KeyFile(string Value, string File, bool IsNew)
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Reads the key of a data folder, or makes one. Of two processes that make it at once, both get the same. Throws <see cref="LocalHostException"/> when the folder cannot be
    /// used or the file holds something else.
    /// </summary>
    /// <param name="dataFolder">The folder; it is made when it is missing.</param>
    /// <param name="name">The file in it.</param>
    /// <param name="create">Makes a new key.</param>
    /// <param name="isValid">Whether a text is one.</param>
    /// <param name="remedy">What the user can do about a file that holds something else.</param>
    public static KeyFile ReadOrCreate(string dataFolder, string name, Func<string> create, Func<string, bool> isValid, string remedy)
    {
        var file = Path.Combine(dataFolder, name);
        bool isNew;
        string value;
        try
        {
            PrivateFolder.Create(dataFolder);
            isNew = !System.IO.File.Exists(file) && TryWrite(file, create);
            value = System.IO.File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LocalHostException($"The data folder {dataFolder} cannot be used ({exception.Message}); choose another with --data.", exception);
        }

        return isValid(value) ? new KeyFile(value, file, isNew) : throw new LocalHostException($"{file} does not hold a key of ours. {remedy}");
    }

    /// <summary>False when another process was first.</summary>
    private static bool TryWrite(string file, Func<string> create)
    {
        // Not left to File.Move, which looks first whether there is a file of that name and then takes its place.
        using var turn = TakeTurn(file + ".lock");
        if (System.IO.File.Exists(file))
        {
            return false;
        }

        // Complete under another name first: a file of this name is never seen half written.
        var unfinished = $"{file}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(unfinished, options))
        {
            writer.WriteLine(create());
        }

        System.IO.File.Move(unfinished, file);
        return true;
    }

    /// <summary>Waits until no other process makes the key. Throws <see cref="IOException"/> when that takes longer than <see cref="LongestTurn"/>.</summary>
    private static FileStream TakeTurn(string lockFile)
    {
        for (var started = Stopwatch.GetTimestamp(); ; Thread.Sleep(LookAgain))
        {
            try
            {
                return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (Exception held) when ((held is IOException || (held is UnauthorizedAccessException && OperatingSystem.IsWindows())) && Stopwatch.GetElapsedTime(started) < LongestTurn)
            {
            }
        }
    }
}
