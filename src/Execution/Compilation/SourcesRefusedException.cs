namespace Jobs.Execution.Compilation;

/// <summary>The sources do not compile, or went over a limit: the compile has failed for good, and <paramref name="details"/> says why.</summary>
internal sealed class SourcesRefusedException(string details) : Exception(details);
