using System.Reflection;

namespace Jobs.Execution.Compilation;

/// <summary>Our own files beside the sources of a build: those of the folder <c>Entry</c>, which are part of this assembly.</summary>
internal static class EntryFiles
{
    /// <summary>Content by path in the build's folder, with LF line ends whatever the checkout has.</summary>
    public static IReadOnlyDictionary<string, string> Of(params string[] names) => names.ToDictionary(name => $"entry/{name}", Read);

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"Entry/{name}")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
