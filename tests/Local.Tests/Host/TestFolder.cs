namespace Jobs.Local.Tests.Host;

/// <summary>An empty folder that is deleted afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("jobs-host-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
