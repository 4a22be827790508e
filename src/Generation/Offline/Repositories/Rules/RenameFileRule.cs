using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>Another path for a file; with a folder as the target, the same name in there.</summary>
internal sealed class RenameFileRule : RepositoryRule
{
    private static readonly PromptPattern Pattern = new(
        $@"^(?<verb>rename|move) (?:the )?(?<file>file )?(?<from>{Value}) (?:in)?to (?:the )?(?<folder>folder |directory )?(?<to>{Value})(?: (?:folder|directory))?$");

    /// <inheritdoc/>
    public override string Example => "rename the file docs/old.md to docs/new.md";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, Pattern) is not { } match)
        {
            return null;
        }

        var (from, to) = (match["from"], match["to"]);
        if (!match.Has("file") && !match["verb"].Equals("move", StringComparison.OrdinalIgnoreCase) && !work.Files.HasFile(from))
        {
            // A word that is to have another name.
            return null;
        }

        if (match.Has("folder") || to.EndsWith('/') || work.Files.HasFolder(to))
        {
            to = $"{to.TrimEnd('/')}/{from.Split('/')[^1]}";
        }

        var result = new RuleResult($"Rename {from} to {to}", $"{from} is {to} now.");
        if (!work.Files.HasFile(from) && work.Files.HasFile(to))
        {
            return result with { Summary = $"There is no {from} (any more), and there is {to} already." };
        }

        RuleWork.ThrowIf(work.Files.Rename(from, to));
        return result;
    }
}
