using System.Globalization;
using System.Text;
using System.Text.Json;
using Jobs.Domain.Repositories;
using Jobs.Generation.Ai.ToolUse;
using Jobs.Generation.Repositories;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Ai.Repositories;

/// <summary>The tools that a model has in a repository, as <c>repository-tools.json</c> declares them.</summary>
internal static class RepositoryTools
{
    public const string Plan = "plan";
    public const string ReadFile = "read_file";
    public const string Search = "search";
    public const string Finish = "finish";
    public const string GiveUp = "give_up";

    private const string WriteFile = "write_file";
    private const string AppendFile = "append_file";
    private const string EditFile = "edit_file";
    private const string DeleteFile = "delete_file";
    private const string RenameFile = "rename_file";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AIFunctionDeclaration> All { get; } = ToolCalls.Load("repository-tools.json");

    /// <summary>Whether a call of the tool changes a file, unless something is wrong with it.</summary>
    public static bool IsChange(string name) => name is WriteFile or AppendFile or EditFile or DeleteFile or RenameFile;

    /// <summary>Whether a call of the tool only looks at files, whose results may be long.</summary>
    public static bool IsLook(string name) => name is ReadFile or Search or "list_files";

    /// <summary>Carries out a call that works on files; what the model is told, and the path that was changed, if one was.</summary>
    public static (string Result, string? Changed) Run(EditedTree files, string name, JsonElement arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        string Text(string argument) => arguments.GetProperty(argument).GetString()!;
        string? Maybe(string argument) => arguments.TryGetProperty(argument, out var given) ? given.GetString() : null;
        int Number(string argument, int otherwise) => arguments.TryGetProperty(argument, out var given) ? given.GetInt32() : otherwise;
        return name switch
        {
            "list_files" => (List(files, Maybe("glob"), Maybe("after")), null),
            ReadFile => (Read(files, Text("path"), Number("from_line", 1), Number("lines", RepositoryAgentLimits.MaxLines)), null),
            Search => (Find(files, Text("text"), Maybe("glob"), time, cancellationToken), null),
            WriteFile => Write(files, Text("path"), Text("content"), isMore: false),
            AppendFile => Write(files, Text("path"), Text("content"), isMore: true),
            EditFile => Edit(files, Text("path"), Text("old"), Text("new")),
            DeleteFile => Told(files.Delete(Text("path")), Text("path"), "is removed"),
            RenameFile => Told(files.Rename(Text("from"), Text("to")), Text("to"), "is its name now"),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No tool for files."),
        };
    }

    private static string List(EditedTree files, string? glob, string? after)
    {
        var globs = Globs(glob);
        var all = files.All.Where(file => globs.Allow(file.Path) && string.CompareOrdinal(file.Path, after) > 0).ToList();
        var text = new StringBuilder();
        var listed = 0;
        foreach (var file in all.Take(RepositoryAgentLimits.MaxListedFiles))
        {
            var line = $"{file.Path} ({Describe(file)})\n";
            if (text.Length + line.Length > ToolUseLimits.MaxResultLength - 100)
            {
                break;
            }

            text.Append(line);
            listed++;
        }

        return all.Count == 0 ? "There are none."
            : listed < all.Count ? text.Append(CultureInfo.InvariantCulture, $"[{all.Count - listed} more: call it again with after]").ToString()
            : text.ToString().TrimEnd('\n');
    }

    private static string Describe(EditedFile file) => file.Kind switch
    {
        TreeEntryKind.File or TreeEntryKind.Executable => file.Size.ToString(CultureInfo.InvariantCulture),
        TreeEntryKind.Link => "a link",
        TreeEntryKind.Submodule => "a submodule",
    };

    private static string Read(EditedTree files, string path, int from, int count)
    {
        if (Open(files, path, out var fault) is not { } file)
        {
            return fault;
        }

        var lines = file.Text.ReplaceLineEndings("\n").Split('\n');
        from = Math.Max(from, 1);
        if (from > lines.Length)
        {
            return $"[{path} has {lines.Length} lines]";
        }

        var taken = lines.Skip(from - 1).Take(Math.Clamp(count, 1, RepositoryAgentLimits.MaxLines)).ToArray();
        return ToolCalls.Cut($"[lines {from} to {from + taken.Length - 1} of {lines.Length}]\n{string.Join('\n', taken)}");
    }

    private static string Find(EditedTree files, string text, string? glob, TimeProvider time, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Contains('\n', StringComparison.Ordinal))
        {
            return "Not searched: the text must be one line, and not blank.";
        }

        var globs = Globs(glob);
        var (found, read, started, isWhole) = (new List<string>(), 0L, time.GetTimestamp(), true);
        foreach (var file in files.Files.Where(file => globs.Allow(file.Path)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            isWhole = found.Count <= RepositoryAgentLimits.MaxFound && read < EditLimits.MaxBytesRead && time.GetElapsedTime(started) <= RepositoryAgentLimits.MaxSearchTime;
            if (!isWhole)
            {
                break;
            }

            if (files.Read(file.Path) is { } bytes && TextFile.Read(bytes) is { } content)
            {
                read += bytes.Length;
                found.AddRange(FindIn(file.Path, content.Text, text).Take(RepositoryAgentLimits.MaxFound + 1 - found.Count));
            }
        }

        var told = found.Count == 0 ? "It was not found." : string.Join('\n', found.Take(RepositoryAgentLimits.MaxFound));
        return ToolCalls.Cut(isWhole && found.Count <= RepositoryAgentLimits.MaxFound ? told : $"{told}\n[There may be more: this is as much as one search finds. Take a glob, or a longer text.]");
    }

    private static IEnumerable<string> FindIn(string path, string content, string text)
    {
        var number = 0;
        foreach (var line in content.Split('\n'))
        {
            number++;
            var at = line.IndexOf(text, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                var start = Math.Max(0, Math.Min(at - 40, line.Length - RepositoryAgentLimits.MaxFoundLength));
                var shown = new string([.. line.Skip(start).Take(RepositoryAgentLimits.MaxFoundLength)]);
                // Half of a surrogate pair, which a cut may leave, is no text.
                yield return $"{path}:{number}: {Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(shown)).TrimEnd('\r')}";
            }
        }
    }

    private static (string Result, string? Changed) Write(EditedTree files, string path, string content, bool isMore)
    {
        if (Memory.IsMark(content))
        {
            return IsMark;
        }

        if (!files.HasFile(path))
        {
            return Told(files.Write(path, new TextFile(content).With(content)), path, Length(content));
        }

        if (Open(files, path, out var fault) is not { } file)
        {
            return (fault, null);
        }

        var text = isMore ? file.Text + file.Fit(content) : file.Fit(content);
        return Told(files.Write(path, file.With(text)), path, Length(text));
    }

    private static (string Result, string? Changed) Edit(EditedTree files, string path, string old, string replacement)
    {
        if (Memory.IsMark(replacement))
        {
            return IsMark;
        }

        if (Open(files, path, out var fault) is not { } file)
        {
            return (fault, null);
        }

        // A file may have line ends of both kinds: the passage as it is said first.
        var passage = old.Length > 0 && !file.Text.Contains(old, StringComparison.Ordinal) ? file.Fit(old) : old;
        var at = passage.Length == 0 ? -1 : file.Text.IndexOf(passage, StringComparison.Ordinal);
        if (at < 0)
        {
            return ($"Nothing was changed: the old passage does not stand in {path}. Read the file again.", null);
        }

        if (file.Text.IndexOf(passage, at + 1, StringComparison.Ordinal) >= 0)
        {
            return ($"Nothing was changed: the old passage stands in {path} more than once. Take a longer one.", null);
        }

        var text = string.Concat(file.Text.AsSpan(0, at), file.Fit(replacement), file.Text.AsSpan(at + passage.Length));
        return Told(files.Write(path, file.With(text)), path, Length(text));
    }

    private static TextFile? Open(EditedTree files, string path, out string fault)
    {
        fault = "";
        if (!files.HasFile(path))
        {
            fault = $"There is no file \"{Short(path)}\". list_files says what there is.";
            return null;
        }

        if (files.Read(path) is not { } bytes)
        {
            fault = $"\"{path}\" is left alone: it has more than {EditLimits.MaxFileBytes / 1024} KiB.";
            return null;
        }

        if (TextFile.Read(bytes) is not { } file)
        {
            fault = $"\"{path}\" is left alone: it is no text in UTF-8.";
            return null;
        }

        return file;
    }

    private static PathGlobs Globs(string? glob) => new(string.IsNullOrWhiteSpace(glob) ? [] : [glob]);

    private static (string Result, string? Changed) Told(string? fault, string path, string done) =>
        fault is null ? ($"{path} {done}.", path) : ($"Nothing was changed: {fault}.", null);

    private static string Length(string text) => $"has {text.AsSpan().Count('\n') + (text.EndsWith('\n') || text.Length == 0 ? 0 : 1)} lines now";

    private static string Short(string path) => path.Length <= RepositoryPath.MaxBytes ? path : path[..RepositoryPath.MaxBytes];

    private static (string Result, string? Changed) IsMark =>
        ("Nothing was changed: that is our mark for a content that was left out to save space, and not the content. Write what is to stand in the file.", null);
}
