using System.Text;
using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>
/// A table of contents in Markdown between the lines <c>&lt;!-- toc --&gt;</c> and <c>&lt;!-- tocstop --&gt;</c>, which are put after the first heading where they are missing. It has the headings
/// that follow it down to the fourth level, with GitHub's anchors, and is made anew each time.
/// </summary>
internal sealed partial class TableOfContentsRule : RepositoryRule
{
    private const string Start = "<!-- toc -->";

    private const string Stop = "<!-- tocstop -->";

    private const int DeepestLevel = 4;

    private static readonly PromptPattern Pattern = new(
        @"^(?:add|insert|create|make|update|refresh|generate|put) (?:a |the )?(?:new )?(?:table of contents|tables of contents|toc)"
        + $@"(?: (?:to|in|into|of|for|at the top of) (?:(?<all>(?:all|every) markdown files?)|(?:the )?(?:file )?(?<path>{Value})))?$");

    /// <inheritdoc/>
    public override string Example => "update the table of contents in README.md";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, Pattern) is not { } match)
        {
            return null;
        }

        const string title = "Update the table of contents";
        if (!match.Has("all"))
        {
            var path = match.Maybe("path") ?? "README.md";
            path = work.Files.HasFile(path) ? path : work.Files.Files.FirstOrDefault(file => file.Path.Equals(path, StringComparison.OrdinalIgnoreCase) || file.Path.Equals(path + ".md", StringComparison.OrdinalIgnoreCase))?.Path ?? path;
            var count = Update(work, path, work.Open(path));
            return new RuleResult($"{title} of {path}", count == 0 ? $"{path} has no headings that a table of contents could have." : $"The table of contents of {path} has its {count} headings.");
        }

        var files = work.Texts(path => path.EndsWith(".md", StringComparison.OrdinalIgnoreCase)).Where(file => file.File.Text.Contains(Start, StringComparison.Ordinal)).ToList();
        foreach (var (path, file) in files)
        {
            Update(work, path, file);
        }

        return new RuleResult(title, $"{files.Count} Markdown files have a table of contents between \"{Start}\" and \"{Stop}\".");
    }

    /// <summary>Writes the table; how many headings it has. Without any, nothing is written where there was none.</summary>
    private static int Update(RuleWork work, string path, TextFile file)
    {
        var lines = file.Text.ReplaceLineEndings("\n").Split('\n').ToList();
        var isText = IsText(lines);
        var start = Enumerable.Range(0, lines.Count).Where(i => isText[i] && lines[i].Trim() == Start).FirstOrDefault(-1);
        var stop = start < 0 ? -1 : Enumerable.Range(start, lines.Count - start).Where(i => isText[i] && lines[i].Trim() == Stop).FirstOrDefault(-1);
        if (start >= 0 && stop < 0)
        {
            throw RuleWork.Refuse($"{path} has a line {Start} and none {Stop} after it.");
        }

        var first = Enumerable.Range(0, lines.Count).Where(i => isText[i] && Heading().IsMatch(lines[i])).FirstOrDefault(-1);
        var headings = Headings(lines, isText);
        var listed = headings.Where(heading => heading.Line > (start >= 0 ? stop : first) && heading.Level is > 1 and <= DeepestLevel).ToList();
        if (listed.Count == 0 && start < 0)
        {
            return 0;
        }

        var top = listed.Count == 0 ? 0 : listed.Min(heading => heading.Level);
        List<string> table = [Start, "", .. listed.Select(heading => $"{new string(' ', 2 * (heading.Level - top))}- [{heading.Text}](#{heading.Anchor})"), .. listed.Count > 0 ? [""] : Array.Empty<string>(), Stop];
        if (start >= 0)
        {
            lines.RemoveRange(start, stop - start + 1);
            lines.InsertRange(start, table);
        }
        else
        {
            // The first heading is the title, unless it is one of those that are listed.
            var at = headings[0].Level == 1 ? first + 1 : first;
            List<string> block = headings[0].Level == 1 ? ["", .. table] : [.. table, ""];
            if (headings[0].Level == 1 && at < lines.Count && lines[at].Trim().Length > 0)
            {
                block.Add("");
            }

            lines.InsertRange(at, block);
        }

        var text = string.Join('\n', lines);
        if (text != file.Text.ReplaceLineEndings("\n"))
        {
            work.Write(path, file, file.Fit(text));
        }

        return listed.Count;
    }

    private static List<(int Line, int Level, string Text, string Anchor)> Headings(List<string> lines, bool[] isText)
    {
        var found = new List<(int, int, string, string)>();
        var used = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            if (isText[i] && Heading().Match(lines[i]) is { Success: true } heading)
            {
                var text = Link().Replace(heading.Groups["text"].Value.Trim(), "$1").TrimEnd('#').TrimEnd();
                var anchor = AnchorOf(text);
                var times = used[anchor] = used.TryGetValue(anchor, out var before) ? before + 1 : 0;
                found.Add((i, heading.Groups["level"].Length, text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal), times == 0 ? anchor : $"{anchor}-{times}"));
            }
        }

        return found;
    }

    /// <summary>As GitHub makes them: small letters, digits, hyphens and underscores of what is seen, blanks as hyphens.</summary>
    private static string AnchorOf(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var letter in heading.ToLowerInvariant())
        {
            if (letter is ' ')
            {
                anchor.Append('-');
            }
            else if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
            {
                anchor.Append(letter);
            }
        }

        return anchor.ToString();
    }

    /// <summary>Which lines are in no fenced block.</summary>
    private static bool[] IsText(List<string> lines)
    {
        var (isText, fence) = (new bool[lines.Count], "");
        for (var i = 0; i < lines.Count; i++)
        {
            var mark = Fence().Match(lines[i]).Groups["fence"].Value;
            isText[i] = fence.Length == 0 && mark.Length == 0;
            if (fence.Length == 0)
            {
                fence = mark;
            }
            else if (mark.StartsWith(fence, StringComparison.Ordinal) && lines[i].Trim() == mark)
            {
                fence = "";
            }
        }

        return isText;
    }

    [GeneratedRegex(@"^ {0,3}(?<level>#{1,6})[ \t](?<text>.{1,300})$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^ {0,3}(?<fence>`{3,20}|~{3,20})")]
    private static partial Regex Fence();

    [GeneratedRegex(@"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")]
    private static partial Regex Link();
}
