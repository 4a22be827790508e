namespace Jobs.Execution.Compilation;

/// <summary>What a compile makes, a widget or an agent: where its sources begin, what they may import, and what the bundle is. Paths are as seen from the sources.</summary>
internal sealed record CompileTarget
{
    /// <summary>What messages call it: "widget".</summary>
    public required string Noun { get; init; }

    /// <summary>The article of <see cref="Noun"/>.</summary>
    public required string Article { get; init; }

    /// <summary>The file that the sources must have.</summary>
    public required string MainModule { get; init; }

    /// <summary>What the default export of <see cref="MainModule"/> is.</summary>
    public required string MainExport { get; init; }

    /// <summary>Our own module, which imports <see cref="MainModule"/> and demands that its default export is of the right type.</summary>
    public required string EntryModule { get; init; }

    /// <summary>The type checker's configuration.</summary>
    public required string Configuration { get; init; }

    /// <summary>The files of <see cref="EntryModule"/>, <see cref="Configuration"/> and the declarations they need: content by path in the build's folder.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>The kinds of files that can be imported, by extension.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>The packages that can be imported; without any, there is no <c>node_modules</c> either.</summary>
    public required IReadOnlyList<string> Libraries { get; init; }

    /// <summary>Ends the message about an import that cannot be resolved.</summary>
    public required string Offer { get; init; }

    /// <summary>The bundler's options beyond those of every target.</summary>
    public required IReadOnlyList<string> BundleOptions { get; init; }

    /// <summary>What messages call the bundle.</summary>
    public required string BundleNoun { get; init; }

    /// <summary>The most bytes of the bundle, style sheet included.</summary>
    public required int BundleBytes { get; init; }

    /// <summary>Says what a type error in <see cref="EntryModule"/>, by code and message, means for the sources.</summary>
    public required Func<string, string, string> ExplainEntryError { get; init; }

    /// <summary>The bundler's script in the output folder.</summary>
    public string ScriptName => Path.GetFileNameWithoutExtension(EntryModule) + ".js";

    /// <summary>The bundler's style sheet in the output folder.</summary>
    public string StyleName => Path.GetFileNameWithoutExtension(EntryModule) + ".css";

    /// <summary>Whether a file can be part of a bundle.</summary>
    public bool CanImport(string path) => Kinds.Contains(Path.GetExtension(path));
}
