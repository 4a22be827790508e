using Jobs.Execution.Isolation;
using Jobs.Functions.Health;

namespace Jobs.Functions.Api.Health;

/// <summary>Whether the process answers.</summary>
/// <param name="Status"><c>ok</c>.</param>
public sealed record LivenessResponse(string Status);

/// <summary>Whether the app can do its work. Why it cannot is in the log, and nowhere in here: anybody may ask.</summary>
/// <param name="Status"><c>ok</c> where every check is, else <c>failing</c>.</param>
/// <param name="Checks"><c>ok</c> or <c>failing</c> by the name of what was looked at.</param>
/// <param name="Isolation">How strictly each kind of work is kept from the machine; <c>untried</c> as long as nothing of it was done.</param>
public sealed record ReadinessResponse(string Status, IReadOnlyDictionary<string, string> Checks, IReadOnlyDictionary<string, string> Isolation);

/// <summary>Maps what was found to its shape.</summary>
public static class HealthResponses
{
    private const string Ok = "ok";
    private const string Failing = "failing";
    private const string Untried = "untried";

    /// <summary>The process answers.</summary>
    public static LivenessResponse Live { get; } = new(Ok);

    /// <summary>What was found.</summary>
    public static ReadinessResponse Of(ReadinessReport report, Jails jails) => new(
        WordOf(report.IsReady),
        InOrder(report.Checks.Select(check => KeyValuePair.Create(check.Key, WordOf(check.Value)))),
        InOrder(jails.All.Select(jail => KeyValuePair.Create(jail.Name, jail.Level()?.WordOf() ?? Untried))));

    private static OrderedDictionary<string, string> InOrder(IEnumerable<KeyValuePair<string, string>> words) => new(words);

    private static string WordOf(bool isOk) => isOk ? Ok : Failing;
}
