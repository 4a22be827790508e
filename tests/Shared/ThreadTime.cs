using System.Runtime.InteropServices;

namespace Jobs.Testing;

/// <summary>Processor time: what a computation costs, however much else the machine has to do.</summary>
internal static class ThreadTime
{
    private static readonly int ThreadProcessorTime = OperatingSystem.IsMacOS() ? 16 : 3;

    /// <summary>The processor time that the present thread has taken.</summary>
    public static TimeSpan Now => ClockGetTime(ThreadProcessorTime, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1_000)
        : throw new PlatformNotSupportedException("There is no clock of a thread's processor time.");

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
