namespace Jobs.Local.Commands;

/// <summary>Where a demo's build is, as a poll showed it.</summary>
/// <param name="Fraction">0 to 1: how many of the steps and phases that a build goes through have begun.</param>
/// <param name="Name">The step, and while compiling its phase.</param>
/// <param name="Message">The job's own words.</param>
internal sealed record DemoStep(double Fraction, string Name, string Message)
{
    private static readonly string[] Path =
        ["queued", "generating", "compiling", "compiling SUBMITTED", "compiling PRE_BUILD", "compiling BUILD", "compiling UPLOAD_ARTIFACTS", "complete"];

    /// <summary>A word that is not known here shows as no progress, never as an error: a contract may get new steps.</summary>
    public static DemoStep From(string step, string? phase, string message)
    {
        var name = step == "compiling" && phase is not null ? $"{step} {phase}" : step;
        return new DemoStep((Array.IndexOf(Path, name) + 1d) / Path.Length, name, message);
    }
}
