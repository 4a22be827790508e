using System.Reflection;

namespace Jobs.Eval;

/// <summary>The files of this project that are embedded in its assembly.</summary>
internal static class Embedded
{
    /// <summary>The text of a file by its path within the project, for example <c>Browser/visible-text.js</c>.</summary>
    public static string Read(string path)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(path)
            ?? throw new ArgumentException($"There is no {path} in the assembly.", nameof(path));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
