namespace Jobs.Execution.Compilation;

/// <summary>An agent: one function, which the sandbox calls. It may use the language's library and what <c>agent.d.ts</c> declares, which the sandbox offers.</summary>
internal static class AgentTarget
{
    private const string MainModule = "functions/main.ts";

    private const string MainExport = "the agent's function, async (input, context) => output";

    public static CompileTarget Target { get; } = new()
    {
        Noun = "agent",
        Article = "an",
        MainModule = MainModule,
        MainExport = MainExport,
        EntryModule = "../entry/agent.ts",
        Configuration = "../entry/agent.tsconfig.json",
        Kinds = [".ts", ".js", ".json"],
        Libraries = [],
        Offer = "an agent can import its own files only",
        // Import expressions that are left at run time would be imports: they become errors when they are reached. Code is not minified, so that a stack can be read.
        BundleOptions = ["--supported:dynamic-import=false", "--legal-comments=none"],
        BundleNoun = "program",
        BundleBytes = CompilerLimits.ProgramBytes,
        ExplainEntryError = (code, message) => code switch
        {
            "TS1192" or "TS2613" => $"the module has no default export; export {MainExport} as default",
            "TS2306" => $"the file is not a module; export {MainExport} as default",
            _ => $"the default export is not {MainExport}: {message}",
        },
        Files = EntryFiles.Of("agent.ts", "agent.tsconfig.json", "agent.d.ts"),
    };
}
