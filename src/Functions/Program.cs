namespace Jobs.Functions;

/// <summary>The entry of the function app.</summary>
public static class Program
{
    /// <summary>Runs the app until it is stopped.</summary>
    public static Task Main() => Task.CompletedTask;
}
