namespace Jobs.Local.Commands;

/// <summary>What a demo of an agent made.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Files">Where its sources lie, as full paths.</param>
/// <param name="Input">What it was run with, as JSON.</param>
/// <param name="Output">What it gave, as JSON.</param>
/// <param name="Logs">What it wrote meanwhile.</param>
/// <param name="BuildTook">From the request to the end of the build.</param>
/// <param name="RunTook">From the request to the end of the run.</param>
internal sealed record AgentDemoResult(
    string AgentId, IReadOnlyList<string> Files, string Input, string Output, string Logs, TimeSpan BuildTook, TimeSpan RunTook);
