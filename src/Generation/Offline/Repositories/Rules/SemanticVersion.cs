using System.Globalization;
using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>A version as semver.org has it, in three numbers and what may follow them.</summary>
internal sealed partial record SemanticVersion(int Major, int Minor, int Patch, string PreRelease, string Build)
{
    /// <summary>The version that a text says, with or without a "v"; null where it says none.</summary>
    public static SemanticVersion? Parse(string text)
    {
        var match = Pattern().Match(text.Trim());
        return match.Success
            ? new SemanticVersion(Number(match, "major"), Number(match, "minor"), Number(match, "patch"), match.Groups["pre"].Value, match.Groups["build"].Value)
            : null;
    }

    /// <summary>The next version; of one before a release the release, where that is what is asked for.</summary>
    /// <param name="part"><c>major</c>, <c>minor</c> or <c>patch</c>.</param>
    public SemanticVersion Next(string part) => part switch
    {
        "major" => new(PreRelease.Length > 0 && Minor == 0 && Patch == 0 ? Major : checked(Major + 1), 0, 0, "", ""),
        "minor" => new(Major, PreRelease.Length > 0 && Patch == 0 ? Minor : checked(Minor + 1), 0, "", ""),
        "patch" => new(Major, Minor, PreRelease.Length > 0 ? Patch : checked(Patch + 1), "", ""),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "No part of a version."),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}{(PreRelease.Length > 0 ? "-" + PreRelease : "")}{(Build.Length > 0 ? "+" + Build : "")}");

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^v?(?<major>[0-9]{1,8})\.(?<minor>[0-9]{1,8})\.(?<patch>[0-9]{1,8})(?:-(?<pre>[0-9A-Za-z.-]{1,50}))?(?:\+(?<build>[0-9A-Za-z.-]{1,50}))?$")]
    private static partial Regex Pattern();
}
