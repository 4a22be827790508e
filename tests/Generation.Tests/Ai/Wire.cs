namespace Jobs.Generation.Tests.Ai;

/// <summary>The pinned shapes of what is sent: files of the folder <c>Wire</c>.</summary>
internal static class Wire
{
    /// <summary>Compares a request with its file.</summary>
    public static void AssertIs(string name, RecordedRequest request)
    {
        var file = Path.Combine(Repository.Root, "tests", "Generation.Tests", "Ai", "Wire", $"{name}.json");
        Assert.True(File.Exists(file), $"There is no {file}. What was sent:\n{request.ToWire()}");
        Assert.Equal(File.ReadAllText(file), request.ToWire());
    }
}
