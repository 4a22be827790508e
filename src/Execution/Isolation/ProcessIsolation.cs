namespace Jobs.Execution.Isolation;

/// <summary>How a program that works on what we do not trust is kept inside a folder; the strongest that the machine allows is used.</summary>
public enum ProcessIsolation
{
    /// <summary>The folder is the root directory, and the program runs as a user who owns nothing in it. Needs root.</summary>
    Chroot,

    /// <summary>The folder is the root directory, by an unprivileged user namespace. Linux only.</summary>
    UserNamespace,

    /// <summary>The program sees the whole machine; whoever runs it has other means. For machines that allow no other, such as a developer's Mac.</summary>
    None,
}
