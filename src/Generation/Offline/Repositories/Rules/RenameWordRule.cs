using System.Text;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>Another name for a word or identifier wherever it stands as a whole in files of text: <c>cat</c> is not found in <c>category</c>. Upper and lower case differ.</summary>
internal sealed class RenameWordRule : RepositoryRule
{
    private static readonly PromptPattern Pattern = new(
        $@"^(?:rename|replace) (?:all |every )?(?:the )?(?:word |identifier |name |function |method |class |type |variable |constant |symbol |text )?(?<old>{Value}) (?:to|with|by) (?<new>{Value})"
        + @"(?: (?:everywhere|across (?:all )?(?:the )?files|(?:across|throughout|in) the (?:whole )?(?:repository|repo|project|codebase)|in (?:all|every) files?"
        + $@"|in (?:all files (?:in|of) )?(?:the )?(?:file |folder )?(?<where>{Value})))?$");

    /// <inheritdoc/>
    public override string Example => "rename `oldName` to `newName` in src";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, Pattern) is not { } match)
        {
            return null;
        }

        var (old, now) = (match["old"], match["new"]);
        if (old.Length is 0 or > RuleLimits.MaxWordLength || now.Length is 0 or > RuleLimits.MaxWordLength || old.Contains('\n', StringComparison.Ordinal) || now.Contains('\n', StringComparison.Ordinal))
        {
            throw RuleWork.Refuse($"A word and its new name have 1 to {RuleLimits.MaxWordLength} characters of one line.");
        }

        var (places, files) = (0, 0);
        foreach (var (path, file) in work.Texts(work.Within(match.Maybe("where"))).ToList())
        {
            var text = Replace(file.Text, old, now, out var count);
            if (count == 0)
            {
                continue;
            }

            if (!work.Files.Allows(path))
            {
                work.Leave(path, "not one of the allowed paths");
                continue;
            }

            work.Write(path, file, text);
            (places, files) = (places + count, files + 1);
        }

        return new RuleResult(
            $"Rename {old} to {now}", places == 0 ? $"\"{old}\" stands in no file that may be changed." : $"\"{old}\" is \"{now}\" now in {places} places of {files} files.");
    }

    private static string Replace(string text, string old, string now, out int count)
    {
        count = 0;
        var (result, done) = (new StringBuilder(), 0);
        for (var at = text.IndexOf(old, StringComparison.Ordinal); at >= 0;)
        {
            var end = at + old.Length;
            if (IsEdge(text, at - 1, old[0]) && IsEdge(text, end, old[^1]))
            {
                result.Append(text, done, at - done).Append(now);
                done = end;
                count++;
                at = text.IndexOf(old, end, StringComparison.Ordinal);
            }
            else
            {
                at = text.IndexOf(old, at + 1, StringComparison.Ordinal);
            }
        }

        return count == 0 ? text : result.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>Whether a word ends where this letter stands beside one of its own.</summary>
    private static bool IsEdge(string text, int at, char own) => at < 0 || at >= text.Length || !IsWord(text[at]) || !IsWord(own);

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
}
