using System.Net.Http.Headers;
using System.Text.Json;
using Jobs.Domain.Repositories;

namespace Jobs.Repositories.GitHub;

/// <summary>What a look has found, with GitHub's tags of it: where a tag still holds, the next look is told so, which does not count against the rate limit, and takes it from here.</summary>
/// <param name="HeadTag">The tag of the branch.</param>
/// <param name="HeadSha">Where the branch is.</param>
/// <param name="RunTag">The tag of its runs.</param>
/// <param name="Run">The latest of them.</param>
/// <param name="PullRequestTag">The tag of its pull requests.</param>
/// <param name="PullRequest">The latest of them.</param>
internal sealed record KnownBranch(string? HeadTag, string? HeadSha, string? RunTag, ForgeRun? Run, string? PullRequestTag, ForgePullRequest? PullRequest)
{
    private static readonly KnownBranch Nothing = new(null, null, null, null, null, null);

    /// <summary>Reads what <see cref="Write"/> wrote; nothing is known where it is anything else.</summary>
    public static KnownBranch Read(string? text)
    {
        if (text is null or { Length: > GitHubLimits.KnownCharacters })
        {
            return Nothing;
        }

        try
        {
            var known = JsonSerializer.Deserialize<KnownBranch>(text, JsonSerializerOptions.Web) ?? Nothing;
            return known with { HeadTag = Checked(known.HeadTag), RunTag = Checked(known.RunTag), PullRequestTag = Checked(known.PullRequestTag) };
        }
        catch (JsonException)
        {
            return Nothing;
        }
    }

    /// <summary>A text for the next look; null where it would be too long, so that this one begins anew.</summary>
    public string? Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web) is { Length: <= GitHubLimits.KnownCharacters } text ? text : null;

    private static string? Checked(string? tag) => tag is not null && EntityTagHeaderValue.TryParse(tag, out _) ? tag : null;
}
