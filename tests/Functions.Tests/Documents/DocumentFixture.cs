namespace Jobs.Functions.Tests.Documents;

/// <summary>Documents that real programs made: tests/Documents.Tests/Fixtures.</summary>
internal static class DocumentFixture
{
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Documents.Tests", "Fixtures", name));
}
