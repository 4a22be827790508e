namespace Jobs.Local.Commands;

/// <summary>What the process ends with; 0 only when a command did what it says.</summary>
internal static class ExitCode
{
    /// <summary>Everything that did not do what it was asked for.</summary>
    public const int Failure = 1;
}
