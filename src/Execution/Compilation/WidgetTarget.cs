namespace Jobs.Execution.Compilation;

/// <summary>A widget: React components that our entry mounts.</summary>
internal static class WidgetTarget
{
    private const string MainModule = "src/App.tsx";

    private const string MainExport = "the widget's root component";

    public static CompileTarget Target { get; } = new()
    {
        Noun = "widget",
        Article = "a",
        MainModule = MainModule,
        MainExport = MainExport,
        EntryModule = "../entry/mount.tsx",
        Configuration = "../entry/tsconfig.json",
        Kinds = [".ts", ".tsx", ".js", ".jsx", ".css", ".json"],
        Libraries = ["react", "react-dom"],
        Offer = "a widget can import its own files, react and react-dom",
        BundleOptions = ["--minify", "--define:process.env.NODE_ENV=\"production\"", "--legal-comments=eof"],
        BundleNoun = "bundle",
        BundleBytes = CompilerLimits.BundleBytes,
        ExplainEntryError = (code, message) => code switch
        {
            "TS1192" or "TS2613" => $"the module has no default export; export {MainExport} as default",
            "TS2306" => $"the file is not a module; export {MainExport} as default",
            _ => $"the default export cannot be used as <App />: {message}",
        },
        Files = EntryFiles.Of("mount.tsx", "env.d.ts", "tsconfig.json"),
    };
}
