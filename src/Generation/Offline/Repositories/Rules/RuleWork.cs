using System.Globalization;
using Jobs.Domain.Generation;
using Jobs.Domain.Repositories;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>What rules work on, and what they must keep to: how much is read and how long it takes, and that nothing is left alone in silence.</summary>
/// <param name="files">The files.</param>
/// <param name="today">The day that an instruction means by today.</param>
/// <param name="time">The clock of the limit of time.</param>
/// <param name="cancellationToken">Ends the work.</param>
internal sealed class RuleWork(EditedTree files, DateOnly today, TimeProvider time, CancellationToken cancellationToken)
{
    private readonly long _started = time.GetTimestamp();
    private readonly List<string> _leftAlone = [];
    private long _bytesRead;

    /// <summary>The files.</summary>
    public EditedTree Files => files;

    /// <summary>The day that an instruction means by today.</summary>
    public DateOnly Today => today;

    /// <summary>What was left alone, and why.</summary>
    public IReadOnlyList<string> LeftAlone => _leftAlone;

    /// <summary>Another attempt would end in the same way.</summary>
    public static GenerationException Refuse(string sentence) => new(sentence, isTransient: false);

    /// <summary>Notes that something is left alone.</summary>
    public void Leave(string path, string why) => _leftAlone.Add($"{path} ({why})");

    /// <summary>A file that must be there and be text.</summary>
    public TextFile Open(string path)
    {
        if (!files.HasFile(path))
        {
            throw Refuse($"There is no file \"{path}\".");
        }

        var bytes = files.Read(path) ?? throw Refuse($"\"{path}\" has more than {EditLimits.MaxFileBytes / 1024} KiB, and is left alone.");
        return TextFile.Read(bytes) ?? throw Refuse($"\"{path}\" is no text in UTF-8, and is left alone.");
    }

    /// <summary>The files of text whose paths fit, in their order; the others of these paths are noted. Throws <see cref="GenerationException"/> where that is too much.</summary>
    public IEnumerable<(string Path, TextFile File)> Texts(Func<string, bool> fits)
    {
        var paths = files.Files.Where(file => fits(file.Path)).ToList();
        if (paths.Count > EditLimits.MaxFiles)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"These are {paths.Count:N0} files, and at most {EditLimits.MaxFiles:N0} are gone through. Name a folder."));
        }

        foreach (var file in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(_started) > RuleLimits.MaxTime)
            {
                throw Refuse($"Going through the files took longer than {RuleLimits.MaxTime.TotalSeconds:0} s. Name a folder.");
            }

            if (file.Size > EditLimits.MaxFileBytes)
            {
                Leave(file.Path, "too large");
                continue;
            }

            _bytesRead += file.Size;
            if (_bytesRead > EditLimits.MaxBytesRead)
            {
                throw Refuse($"These files have more than {EditLimits.MaxBytesRead / 1024 / 1024} MiB together, and no more is gone through. Name a folder.");
            }

            if (files.Read(file.Path) is not { } bytes || TextFile.Read(bytes) is not { } text)
            {
                Leave(file.Path, "no text");
            }
            else
            {
                yield return (file.Path, text);
            }
        }
    }

    /// <summary>Writes a file.</summary>
    public void Write(string path, TextFile file, string text) => ThrowIf(files.Write(path, file.With(text)));

    /// <summary>Throws <see cref="GenerationException"/> with what is wrong with a change, if anything is.</summary>
    public static void ThrowIf(string? fault)
    {
        if (fault is not null)
        {
            throw Refuse($"{fault}.");
        }
    }

    /// <summary>Which paths a part of the repository has: a folder, a file, or a glob; all where none is named.</summary>
    public Func<string, bool> Within(string? where)
    {
        if (where is null)
        {
            return static _ => true;
        }

        var place = where.TrimEnd('/');
        if (files.HasFile(place))
        {
            return path => path == place;
        }

        if (files.HasFolder(place))
        {
            return path => path.StartsWith(place + "/", StringComparison.Ordinal);
        }

        return where.AsSpan().ContainsAny('*', '?') ? new PathGlobs([where]).Allow : throw Refuse($"There is no file or folder \"{where}\".");
    }
}
