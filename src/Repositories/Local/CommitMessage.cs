using Jobs.Domain;
using Jobs.Domain.Repositories;

namespace Jobs.Repositories.Local;

/// <summary>What is written into a commit as its message.</summary>
internal static class CommitMessage
{
    /// <summary>A message within its limit, without characters that change how it is shown.</summary>
    public static string Clean(string message) => Texts.Cut(Texts.Plain(message), ForgeLimits.MaxMessageLength);
}
