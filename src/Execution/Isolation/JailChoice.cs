using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Isolation;

/// <summary>Finds out by trying how strictly something can be isolated on this machine.</summary>
internal static partial class JailChoice
{
    /// <summary>The strictest jail that works, or null, with why no stricter one does, a sentence for whoever has set the machine up.</summary>
    /// <param name="what">What is done in it, as <c>Agents run</c>.</param>
    /// <param name="only">The one isolation that may be chosen; null for any.</param>
    /// <param name="required">The least that may be chosen.</param>
    /// <param name="tryAsync">Tries a jail: why it does not work, null where it does.</param>
    /// <param name="logger">Where the choice is written.</param>
    public static async Task<(ProcessJail? Jail, string Refusals)> FindAsync(
        string what, ProcessIsolation? only, IsolationLevel required, Func<ProcessJail, Task<string?>> tryAsync, ILogger logger)
    {
        var refusals = new List<string>();
        foreach (var jail in Candidates(only, required))
        {
            if (await tryAsync(jail) is { } refusal)
            {
                refusals.Add($"{jail.Isolation}{(jail.OwnNamespaces ? " with namespaces" : "")}: {refusal}");
                continue;
            }

            LogChosen(
                logger,
                what,
                jail.Level.WordOf(),
                jail.Isolation,
                jail.OwnNamespaces ? "of their own" : "of the machine",
                SystemPrograms.Prlimit is null ? "of the heap only (prlimit is missing)" : "kept by the kernel");
            if (refusals.Count > 0)
            {
                LogRefused(logger, what, string.Join("; ", refusals));
            }

            return (jail, "");
        }

        return (null, $"{(refusals.Count > 0 ? string.Join("; ", refusals) : $"{only?.ToString() ?? "Isolation"} needs another system or user.")}{Demand(required)}");
    }

    /// <summary>The jails that may be chosen, the strongest first.</summary>
    public static IEnumerable<ProcessJail> Candidates(ProcessIsolation? only, IsolationLevel required) =>
        ProcessJail.Candidates.Where(candidate => (only is null || candidate.Isolation == only) && candidate.Level >= required);

    /// <summary>What an operator has to know where nothing that may be chosen works: that less might have.</summary>
    public static string Demand(IsolationLevel required) => required is IsolationLevel.None ? "" : $" The setting {IsolationOptions.Setting} asks for {required.WordOf()}.";

    [LoggerMessage(LogLevel.Information, "{What} with isolation {Level} ({Isolation}), network and processes {Namespaces}, memory limit {MemoryLimit}.")]
    private static partial void LogChosen(ILogger logger, string what, string level, ProcessIsolation isolation, string namespaces, string memoryLimit);

    [LoggerMessage(LogLevel.Warning, "{What} less isolated than they could be: {Refusals}")]
    private static partial void LogRefused(ILogger logger, string what, string refusals);
}
