using Jobs.Generation.Offline.Prompts;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>An entry in the changelog, as keepachangelog.com has it: in the section of what is unreleased, under the kind of change, by default "Changed". What is missing of these is made.</summary>
internal sealed class ChangelogRule : RepositoryRule
{
    private const string Name = "CHANGELOG.md";

    private const string Kind = @"(?: (?:under|to|in|as|of) (?:the )?(?:kind )?(?<kind>added|changed|deprecated|removed|fixed|security)(?: section)?)?";

    private const string Entry = @"(?: (?:saying|that says|for|with(?: the text)?))?[: ]+(?<text>.+)$";

    private static readonly PromptPattern[] Patterns =
    [
        new(@"^(?:add|write|create|append|put) (?:a |an |the )?(?:new )?(?:change ?log|release) (?:entry|line|note|item)" + Kind + Entry),
        new(@"^(?:add|write|create|append|put) (?:a |an |the )?(?:new )?(?:entry|line|note|item) (?:to|in|into) the change ?log" + Kind + Entry),
        new($@"^(?:add|append|put) (?<text>{Quoted}) (?:to|in|into) (?:the )?change ?log(?:\.md)?{Kind}$"),
    ];

    /// <summary>In the order of keepachangelog.com.</summary>
    private static readonly string[] Kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    /// <inheritdoc/>
    public override string Example => "add a changelog entry under Fixed: The parser reads empty files";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, Patterns) is not { } match)
        {
            return null;
        }

        var kind = Kinds.First(known => known.Equals(match.Maybe("kind") ?? "Changed", StringComparison.OrdinalIgnoreCase));
        var entry = string.Join(' ', match["text"].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimStart('-', '*', ' ');
        if (entry.Length == 0)
        {
            throw RuleWork.Refuse("The changelog's entry is empty.");
        }

        var path = work.Files.Files.FirstOrDefault(file => file.Path.Equals(Name, StringComparison.OrdinalIgnoreCase))?.Path ?? Name;
        var file = work.Files.HasFile(path) ? work.Open(path) : new TextFile("# Changelog\n\nThe format is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n");
        var lines = file.Text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').ToList();
        var result = new RuleResult("Add an entry to the changelog", $"The entry stands in {path}, under {kind}.");
        if (!Insert(lines, kind, $"- {entry}"))
        {
            return result with { Summary = $"The entry stands in {path} already." };
        }

        work.Write(path, file, file.Fit(string.Join('\n', lines) + "\n"));
        return result;
    }

    /// <summary>Puts an item where it belongs; false where it is there already.</summary>
    private static bool Insert(List<string> lines, string kind, string item)
    {
        var section = lines.FindIndex(line => IsHeading(line, "## ", "unreleased"));
        if (section < 0)
        {
            // Before the newest version, or after what the file begins with.
            var first = lines.FindIndex(line => line.StartsWith("## ", StringComparison.Ordinal));
            section = first < 0 ? lines.Count : first;
            lines.InsertRange(section, first < 0 ? ["", "## [Unreleased]"] : ["## [Unreleased]", ""]);
            section += first < 0 ? 1 : 0;
        }

        var end = EndOf(lines, section, "## ");
        if (lines.GetRange(section, end - section).Any(line => line.Trim() == item || line.Trim() == "*" + item[1..]))
        {
            return false;
        }

        var group = lines.FindIndex(section, end - section, line => IsHeading(line, "### ", kind));
        if (group >= 0)
        {
            var last = EndOf(lines, group, "### ", "## ");
            while (last > group + 1 && string.IsNullOrWhiteSpace(lines[last - 1]))
            {
                last--;
            }

            lines.InsertRange(last, last == group + 1 ? ["", item] : [item]);
            return true;
        }

        // Before the first kind that comes after this one.
        var later = Kinds.Skip(Array.IndexOf(Kinds, kind) + 1).ToList();
        var next = lines.FindIndex(section, end - section, line => later.Exists(other => IsHeading(line, "### ", other)));
        if (next >= 0)
        {
            lines.InsertRange(next, [$"### {kind}", "", item, ""]);
            return true;
        }

        while (end > section + 1 && string.IsNullOrWhiteSpace(lines[end - 1]))
        {
            lines.RemoveAt(--end);
        }

        lines.InsertRange(end, end < lines.Count ? ["", $"### {kind}", "", item, ""] : ["", $"### {kind}", "", item]);
        return true;
    }

    private static int EndOf(List<string> lines, int start, params string[] headings)
    {
        var end = lines.FindIndex(start + 1, line => headings.Any(heading => line.StartsWith(heading, StringComparison.Ordinal)) || IsReference(line));
        return end < 0 ? lines.Count : end;
    }

    /// <summary>Links to versions stand at the end of such files.</summary>
    private static bool IsReference(string line) => line.StartsWith('[') && line.Contains("]: ", StringComparison.Ordinal);

    private static bool IsHeading(string line, string level, string words) =>
        line.StartsWith(level, StringComparison.Ordinal) && line[level.Length..].Trim().Trim('[', ']').Equals(words, StringComparison.OrdinalIgnoreCase);
}
