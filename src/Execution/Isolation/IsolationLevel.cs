namespace Jobs.Execution.Isolation;

/// <summary>How much of the machine is kept from a program that works on what we do not trust. Each keeps all that those before it keep.</summary>
public enum IsolationLevel
{
    /// <summary>The program sees the machine, and only its own walls hold it: Deno's permissions, the checks of what is imported, the kernel's limits.</summary>
    None,

    /// <summary>It has a root directory of its own, as a user who owns nothing in it; the machine's network and processes are in its sight.</summary>
    RootDirectory,

    /// <summary>It also has a network with nothing in it, and sees no other process.</summary>
    Namespaces,

    /// <summary>It also is another user than the app. Needs root.</summary>
    Full,
}
