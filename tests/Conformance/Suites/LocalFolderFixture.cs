using Jobs.LocalRuntime.Storage;

namespace Jobs.Conformance.Suites;

/// <summary>Local stores in a throw-away folder.</summary>
public sealed class LocalFolderFixture : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("jobs-stores-").FullName;

    public string ConnectionString => $"LocalFolder={Folder}";

    public void Dispose()
    {
        LocalStores.Close(Folder);
        Directory.Delete(Folder, recursive: true);
    }
}
