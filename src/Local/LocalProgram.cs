namespace Jobs.Local;

/// <summary>The entry of the local runtime.</summary>
public static class LocalProgram
{
    /// <summary>Runs the function app in this process.</summary>
    public static Task Main(string[] args) => Jobs.Functions.Program.Main(args);
}
