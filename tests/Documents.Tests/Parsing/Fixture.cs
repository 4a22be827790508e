namespace Jobs.Documents.Tests.Parsing;

/// <summary>The documents in the folder Fixtures.</summary>
internal static class Fixture
{
    public static readonly string Folder = Path.Combine(Repository.Root, "tests", "Documents.Tests", "Fixtures");

    /// <summary>Those that can be read.</summary>
    public static IEnumerable<string> Names { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Folder, "expected"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    public static string Expected(string name) => File.ReadAllText(Path.Combine(Folder, "expected", name + ".json"));
}
