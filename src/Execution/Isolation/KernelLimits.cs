using System.Globalization;

namespace Jobs.Execution.Isolation;

/// <summary>What the kernel holds a process of a jail to.</summary>
internal static class KernelLimits
{
    /// <summary>
    /// The beginning of the process's command. The time and the processor time are for a process whose parent was killed; <c>timeout</c> also makes the process group that is killed when it
    /// takes too long. Nothing may be written to files. RLIMIT_NPROC is not among them: it counts all processes of the user, so that they would limit one another. Where the machine lacks a
    /// program for them, its limits are missing.
    /// </summary>
    /// <param name="seconds">How long the process may live.</param>
    /// <param name="processorSeconds">How much processor time it may take.</param>
    /// <param name="dataBytes">How much memory it may ask for.</param>
    /// <param name="openFiles">How many files it may have open.</param>
    public static IEnumerable<string> Command(int seconds, int processorSeconds, long dataBytes, int openFiles)
    {
        if (SystemPrograms.Timeout is { } timeout)
        {
            yield return timeout;
            yield return "--signal=KILL";
            yield return seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (SystemPrograms.Prlimit is { } prlimit)
        {
            yield return prlimit;
            yield return string.Create(CultureInfo.InvariantCulture, $"--data={dataBytes}");
            yield return string.Create(CultureInfo.InvariantCulture, $"--cpu={processorSeconds}");
            yield return string.Create(CultureInfo.InvariantCulture, $"--nofile={openFiles}");
            yield return "--fsize=0";
            yield return "--core=0";
        }
    }
}
