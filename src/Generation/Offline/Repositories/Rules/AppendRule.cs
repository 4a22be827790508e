using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>A content at the end of a file that is there, on a line of its own.</summary>
internal sealed class AppendRule : RepositoryRule
{
    private const string Target = $@"(?:the )?(?:end of )?(?:the )?(?:file )?(?<path>{Value})";

    private static readonly PromptPattern[] Patterns =
    [
        new($@"^(?:append|add) (?:the )?(?:following )?(?:lines? |text )?(?<content>{Quoted}) (?:to|at) {Target}$"),
        new($@"^(?:append|add) (?:the )?(?:following )?(?:lines?|text) (?:to|at) {Target}[: ]+(?<content>{Quoted})$"),
        new($@"^(?:append|add) to {Target}[: ]+(?:the )?(?:following )?(?:lines? |text )?(?<content>{Quoted})$"),
        new($@"^append (?:the )?(?:lines? |text )?(?<content>.+) to {Target}$"),
    ];

    /// <inheritdoc/>
    public override string Example => "append \"- Ada\" to AUTHORS.md";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, Patterns) is not { } match)
        {
            return null;
        }

        var path = match["path"];
        var file = work.Open(path);
        var gap = file.Text.Length == 0 || file.Text.EndsWith('\n') ? "" : file.LineEnd;
        work.Write(path, file, $"{file.Text}{gap}{file.Fit(match["content"].TrimEnd('\n') + "\n")}");
        return new RuleResult($"Add to {path}", $"The text was added to the end of {path}.");
    }
}
