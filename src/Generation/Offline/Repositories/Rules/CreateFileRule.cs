using Jobs.Generation.Offline.Prompts;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>A file with a content that the instruction says. One that is there already with another is only replaced where the instruction says "overwrite".</summary>
internal sealed class CreateFileRule : RepositoryRule
{
    private const string Content = @" (?:with|containing|that contains|that says|saying)(?: (?:the |this |as )?(?:following )?(?:content|contents|text|line|lines))?[: ]*(?<content>.+)$";

    private static readonly PromptPattern[] Creating =
    [
        new($@"^(?:create|add|write|make) (?:a |an |the )?(?:new )?(?:text |markdown )?file (?:called |named |at )?(?<path>{Value}){Content}"),
        new($@"^(?:create|add|write|make) (?:a |an |the )?(?:new )?(?:text |markdown )?file (?:called |named |at )?(?<path>{Value}) (?<content>{Quoted})$"),
        new($@"^(?:create|write|make) (?<path>{Quoted}|[^\s\uE000-\uE0FF]*[./][^\s\uE000-\uE0FF]*){Content}"),
    ];

    private static readonly PromptPattern Empty = new($@"^(?:create|add|make) (?:a |an |the )?(?:new )?empty file (?:called |named |at )?(?<path>{Value})$");

    private static readonly PromptPattern WithoutContent = new($@"^(?:create|add|write|make) (?:a |an |the )?(?:new )?file (?:called |named |at )?(?<path>{Value})$");

    private static readonly PromptPattern Overwriting = new(
        $@"^(?:overwrite|replace the (?:content|contents|text) of) (?:the )?(?:file )?(?<path>{Value}) (?:with|by)(?: (?:the |this )?(?:following )?(?:content|contents|text))?[: ]*(?<content>.+)$");

    /// <inheritdoc/>
    public override string Example => "create notes/today.md with content \"Hello\"";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, WithoutContent) is { } nothing)
        {
            throw RuleWork.Refuse($"It is not said what \"{nothing["path"]}\" is to contain. Add: with content \"…\", or say that it is an empty file.");
        }

        if (Match(clause, Overwriting) is { } overwriting)
        {
            var (target, file) = (overwriting["path"], work.Open(overwriting["path"]));
            work.Write(target, file, file.Fit(Lines(overwriting["content"])));
            return new RuleResult($"Replace the content of {target}", $"The content of {target} was replaced.");
        }

        if (Match(clause, [.. Creating, Empty]) is not { } match)
        {
            return null;
        }

        var (path, content) = (match["path"], Lines(match["content"]));
        var result = new RuleResult($"Add {path}", $"{path} was made.");
        if (!work.Files.HasFile(path))
        {
            work.Write(path, new TextFile(content), content);
            return result;
        }

        var there = work.Open(path);
        return there.Text == there.Fit(content)
            ? result with { Summary = $"{path} is there already, with this content." }
            : throw RuleWork.Refuse($"There is a file \"{path}\" already, with another content. To replace that, say: overwrite {path} with …");
    }

    /// <summary>A content as a file has it: whole lines.</summary>
    private static string Lines(string content) => content.Length == 0 || content.EndsWith('\n') ? content : content + "\n";
}
