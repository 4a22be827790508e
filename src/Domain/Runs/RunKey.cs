namespace Jobs.Domain.Runs;

/// <summary>What finds a run: a run's id alone does not name its row.</summary>
public sealed record RunKey(string AgentId, string RunId)
{
    /// <summary>The key of a run.</summary>
    public static RunKey Of(AgentRun run) => new(run.AgentId, run.Id);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static RunKey Parse(string text) => text.Split('|') is [var agentId, var runId] ? new RunKey(agentId, runId) : throw new FormatException($"'{text}' is not the key of a run.");

    /// <summary><c>{agent id}|{run id}</c>.</summary>
    public override string ToString() => $"{AgentId}|{RunId}";
}
