using System.Text;
using System.Text.RegularExpressions;
using Jobs.Domain.Compilation;

namespace Jobs.Functions.Compilation;

/// <summary>
/// Turns what the compilers print into lines of <c>file:line:column: error …: message</c>, with paths relative to the widget and nothing of a file that is
/// not the widget's.
/// </summary>
internal static partial class CompilerMessages
{
    /// <summary>From <c>tsc --pretty false</c>: a line per error, indented lines that continue it.</summary>
    public static List<string> FromTypeChecker(string output, CompilerJail jail)
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
            var message = WithoutPlaces(match.Success ? match.Groups["message"].Value : line.TrimEnd('\r'), jail);
            var code = match.Groups["code"].Value;
            if (code is "TS2307" or "TS2591" or "TS2688" or "TS2882" && ForeignSpecifier().IsMatch(message))
            {
                message = $"{ForeignSpecifier().Match(message).Value} cannot be found; {ImportRules.Offer}";
            }

            var file = match.Groups["file"].Value;
            shown = !match.Success || file == JailTemplate.EntryModule || !IsOutside(file);
            lines.Add(!match.Success ? message
                : file == JailTemplate.EntryModule ? $"{JailTemplate.WidgetModule}: error {code}: {AtTheEntry(code, message)}"
                : shown ? $"{file}:{match.Groups["line"]}:{match.Groups["column"]}: error {code}: {message}"
                : OutsideMessage);
        }

        return lines;
    }

    /// <summary>From <c>esbuild --log-level=error</c>: a headline, then the place, then a code frame and notes, which are left out.</summary>
    public static List<string> FromBundler(string errors, CompilerJail jail)
    {
        var lines = new List<string>();
        foreach (Match match in BundleError().Matches(errors))
        {
            var file = match.Groups["file"].Value;
            var message = WithoutPlaces(match.Groups["message"].Value, jail);
            lines.Add(
                file is "" ? $"error: {message}"
                : file == JailTemplate.EntryModule ? $"{JailTemplate.WidgetModule}: error: {message}"
                : IsOutside(file) ? OutsideMessage
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

    private const string OutsideMessage = "error: a file outside the widget is imported, or has an error";

    private static bool IsOutside(string file) => file.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(file) || file.Contains(':');

    private static string AtTheEntry(string code, string message) => code switch
    {
        "TS1192" or "TS2613" => "the module has no default export; export the widget's root component as default",
        "TS2306" => "the file is not a module; export the widget's root component as default",
        _ => $"the default export cannot be used as <App />: {message}",
    };

    /// <summary>Absolute paths of the build's folder become paths relative to the widget.</summary>
    private static string WithoutPlaces(string text, CompilerJail jail) =>
        Place().Replace(Regex.Replace(text, $@"[^\s""'<>(]*/{Path.GetFileName(jail.Folder)}(?=/)", ""), "");

    private static string Printable(string line) =>
        line.Any(c => char.IsControl(c) && c != '\t') ? string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? ' ' : c)) : line;

    [GeneratedRegex(@"^(?<file>[^()\n]+)\((?<line>\d+),(?<column>\d+)\): error (?<code>TS\d+): (?<message>[^\r]*)")]
    private static partial Regex TypeError();

    [GeneratedRegex(@"^✘ \[ERROR\] (?<message>[^\r\n]*)(?:\r?\n\r?\n    (?<file>[^\r\n]+):(?<line>\d+):(?<column>\d+):$)?", RegexOptions.Multiline)]
    private static partial Regex BundleError();

    [GeneratedRegex(@"(?<=['""])/widget/")]
    private static partial Regex Place();

    [GeneratedRegex(@"'[^.'][^']*'")]
    private static partial Regex ForeignSpecifier();
}
