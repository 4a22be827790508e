namespace Jobs.Functions.Compilation;

/// <summary>How the compilers are kept inside the build's folder; the strongest that the machine allows is used.</summary>
public enum CompilerIsolation
{
    /// <summary>The build's folder is the root directory, and the compiler runs as a user who owns nothing in it. Needs root.</summary>
    Chroot,

    /// <summary>The build's folder is the root directory, by an unprivileged user namespace. Linux only.</summary>
    UserNamespace,

    /// <summary>
    /// The compiler sees the whole machine: every import is checked before anything is read by it, and what was read is checked again afterwards.
    /// For machines that allow no other, such as a developer's Mac.
    /// </summary>
    Checked,
}
