using Jobs.Generation.Offline.Prompts;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>
/// The project's next version, or a given one, in the manifests that say it (<see cref="VersionFile"/>), those nearest to the root, and in their lock files. Where they do not say the same
/// there is no next one.
/// </summary>
internal sealed class VersionRule : RepositoryRule
{
    private const string Part = "(?<part>patch|minor|major)";

    private const string Where = $"(?: (?:of|in|for) (?:the )?(?:file )?(?<where>{Value}))?";

    private static readonly PromptPattern[] Patterns =
    [
        new($@"^(?:bump|increase|increment|raise|update) (?:the )?(?:{Part} )?version(?: number)?{Where}(?: by (?:a |one )?{Part}(?: version)?)?$"),
        new($@"^(?:bump|increase|increment|raise|update|set|change) (?:the )?version(?: number)?{Where} to (?:the next )?(?:{Part}(?: version)?|(?<to>v?[0-9]\S*)){Where}$"),
        new($@"^(?:bump|increase|increment|raise) (?:the )?{Part}(?: (?:version|number))?{Where}$"),
        new($@"^(?:do|make) a {Part} (?:version )?(?:bump|release)$"),
        new($@"^(?:bump|set) (?<where>{Value}) to (?:version )?(?<to>v?[0-9]\S*)$"),
    ];

    /// <inheritdoc/>
    public override string Example => "bump the minor version";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, Patterns) is not { } match)
        {
            return null;
        }

        var wanted = match.Has("to") ? SemanticVersion.Parse(match["to"]) ?? throw RuleWork.Refuse($"\"{match["to"]}\" is no version like 1.2.3.") : null;
        var manifests = Manifests(work, match.Maybe("where"));
        var said = manifests.Select(manifest => manifest.Version).Distinct(StringComparer.Ordinal).ToList();
        if (wanted is null && said.Count > 1)
        {
            throw RuleWork.Refuse($"The files do not say the same version: {string.Join(", ", manifests.Select(manifest => $"{manifest.Path} {manifest.Version}"))}. Name one, or say: set the version to …");
        }

        var next = wanted ?? (SemanticVersion.Parse(said[0]) ?? throw RuleWork.Refuse($"The version \"{said[0]}\" is none like 1.2.3. Say: set the version to …"))
            .Next((match.Maybe("part") ?? "patch").ToLowerInvariant());
        var result = new RuleResult($"Bump the version to {next}", $"The version is {next} now, in {string.Join(", ", manifests.Select(manifest => manifest.Path))}.");
        if (manifests.TrueForAll(manifest => manifest.Version == next.ToString()))
        {
            return result with { Summary = $"The version is {next} already." };
        }

        foreach (var (path, file, version, places) in manifests)
        {
            work.Write(path, file, Replace(file.Text, places, next.ToString()));
            if (VersionFile.LockOf(path) is { } locked && work.Files.HasFile(locked))
            {
                var lockFile = work.Open(locked);
                var same = VersionFile.FindInLock(locked, lockFile.Text, file.Text).Where(place => lockFile.Text[place] == version).ToList();
                work.Write(locked, lockFile, Replace(lockFile.Text, same, next.ToString()));
            }
        }

        return result;
    }

    /// <summary>The manifests that say a version: a named one, or those with the fewest folders above them.</summary>
    private static List<Manifest> Manifests(RuleWork work, string? where)
    {
        var found = new List<Manifest>();
        foreach (var folder in work.Files.Files.Select(file => file.Path).Where(VersionFile.IsKnown).GroupBy(path => path.Count(letter => letter == '/')).OrderBy(depth => depth.Key))
        {
            var within = work.Within(where);
            foreach (var (path, file) in work.Texts(path => within(path) && path.Count(letter => letter == '/') == folder.Key && VersionFile.IsKnown(path)))
            {
                if (VersionFile.Find(path, file.Text) is { Count: > 0 } places)
                {
                    found.Add(new Manifest(path, file, file.Text[places[0]], places));
                }
            }

            if (found.Count > 0)
            {
                return found;
            }
        }

        throw RuleWork.Refuse("There is no version: none of package.json, pyproject.toml, Cargo.toml, *.csproj, Directory.Build.props and VERSION says one.");
    }

    private static string Replace(string text, IReadOnlyList<Range> places, string version)
    {
        // From the end, so that the other places stay where they are.
        foreach (var place in places.OrderByDescending(place => place.Start.Value))
        {
            text = string.Concat(text.AsSpan(0, place.Start.Value), version, text.AsSpan(place.End.Value));
        }

        return text;
    }

    private sealed record Manifest(string Path, TextFile File, string Version, IReadOnlyList<Range> Places);
}
