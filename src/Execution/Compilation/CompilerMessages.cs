using System.Text;
using System.Text.RegularExpressions;
using Jobs.Domain.Compilation;

namespace Jobs.Execution.Compilation;

/// <summary>
/// Turns what the compilers print into lines of <c>file:line:column: error …: message</c>, with paths relative to the sources and nothing of a file that is
/// not among them.
/// </summary>
internal static partial class CompilerMessages
{
    /// <summary>From <c>tsc --pretty false</c>: a line per error, indented lines that continue it.</summary>
    public static List<string> FromTypeChecker(string output, CompileTarget target, CompilerJail jail)
    {
        var lines = new List<string>();
        var shown = true;
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(' '))
            {
                if (shown && lines.Count > 0)
                {
                    lines.Add(WithoutPlaces(line.TrimEnd('\r'), jail));
                }

                continue;
            }

            var match = TypeError().Match(line);
            // What the compiler then proposes is to install a package or to change an option, which the sources cannot.
            var message = WithoutPlaces(match.Success ? match.Groups["message"].Value.Split(" Do you need to ")[0] : line.TrimEnd('\r'), jail);
            var code = match.Groups["code"].Value;
            if (code is "TS2307" or "TS2591" or "TS2688" or "TS2882" && ForeignSpecifier().IsMatch(message))
            {
                message = $"{ForeignSpecifier().Match(message).Value} cannot be found; {target.Offer}";
            }

            var file = match.Groups["file"].Value;
            shown = !match.Success || file == target.EntryModule || !IsOutside(file);
            lines.Add(!match.Success ? message
                : file == target.EntryModule ? $"{target.MainModule}: error {code}: {target.ExplainEntryError(code, message)}"
                : shown ? $"{file}:{match.Groups["line"]}:{match.Groups["column"]}: error {code}: {message}"
                : OutsideMessage(target));
        }

        return lines;
    }

    /// <summary>From <c>esbuild --log-level=error</c>: a headline, then the place, then a code frame and notes, which are left out.</summary>
    public static List<string> FromBundler(string errors, CompileTarget target, CompilerJail jail)
    {
        var lines = new List<string>();
        foreach (Match match in BundleError().Matches(errors))
        {
            var file = match.Groups["file"].Value;
            var message = WithoutPlaces(match.Groups["message"].Value, jail);
            lines.Add(
                file is "" ? $"error: {message}"
                : file == target.EntryModule ? $"{target.MainModule}: error: {message}"
                : IsOutside(file) ? OutsideMessage(target)
                : $"{file}:{match.Groups["line"]}:{int.Parse(match.Groups["column"].ValueSpan) + 1}: error: {message}");
        }

        return lines;
    }

    /// <summary>Joins as many lines as <see cref="CompileResult.MaxDetailsLength"/> allows and says how many more there are.</summary>
    public static string Join(IReadOnlyList<string> lines, int linesLeftOut = 0)
    {
        const int roomForNote = 40;
        var text = new StringBuilder();
        var taken = 0;
        foreach (var line in lines.Select(Printable))
        {
            var room = CompileResult.MaxDetailsLength - roomForNote - text.Length - 1;
            if (line.Length > room)
            {
                // A first line that is too long by itself still says more than none.
                if (taken == 0)
                {
                    text.Append(line, 0, char.IsHighSurrogate(line[room - 1]) ? room - 1 : room).Append('…');
                    taken = 1;
                }

                break;
            }

            text.Append(taken == 0 ? "" : "\n").Append(line);
            taken++;
        }

        var more = lines.Count - taken + linesLeftOut;
        return more == 0 ? text.ToString() : text.Append($"\n… and {more} more {(more == 1 ? "line" : "lines")}").ToString();
    }

    private static string OutsideMessage(CompileTarget target) => $"error: a file outside the {target.Noun} is imported, or has an error";

    private static bool IsOutside(string file) => file.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(file) || file.Contains(':');

    /// <summary>Absolute paths of the build's folder become paths relative to the sources.</summary>
    private static string WithoutPlaces(string text, CompilerJail jail) =>
        Place().Replace(Regex.Replace(text, $@"[^\s""'<>(]*/{Path.GetFileName(jail.Folder)}(?=/)", ""), "");

    private static string Printable(string line) =>
        line.Any(c => char.IsControl(c) && c != '\t') ? string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? ' ' : c)) : line;

    [GeneratedRegex(@"^(?<file>[^()\n]+)\((?<line>\d+),(?<column>\d+)\): error (?<code>TS\d+): (?<message>[^\r]*)")]
    private static partial Regex TypeError();

    [GeneratedRegex(@"^✘ \[ERROR\] (?<message>[^\r\n]*)(?:\r?\n\r?\n    (?<file>[^\r\n]+):(?<line>\d+):(?<column>\d+):$)?", RegexOptions.Multiline)]
    private static partial Regex BundleError();

    [GeneratedRegex(@"(?<=['""])/sources/")]
    private static partial Regex Place();

    // Of node's names those that are no module are told as they are.
    [GeneratedRegex(@"'(?!(?:process|require|module|exports|Buffer|global|__\w+)')[^.'][^']*'")]
    private static partial Regex ForeignSpecifier();
}
