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
        Files = new Dictionary<string, string>
        {
            ["entry/mount.tsx"] =
                """
                import { createRoot } from "react-dom/client";
                import App from "../sources/src/App.tsx";

                export function mount(element: Element | ShadowRoot): () => void {
                  const root = createRoot(element);
                  root.render(<App />);
                  return () => root.unmount();
                }

                """,
            ["entry/env.d.ts"] =
                """
                declare module "*.module.css" {
                  const classes: Readonly<Record<string, string>>;
                  export default classes;
                }
                declare module "*.css" {}

                """,
            // Only what the entry reaches is checked, because only that is bundled; declaration files have no importer, so they are always in.
            ["entry/tsconfig.json"] =
                """
                {
                  "compilerOptions": {
                    "strict": true,
                    "noEmit": true,
                    "target": "es2022",
                    "lib": ["es2023", "dom", "dom.iterable"],
                    "types": [],
                    "typeRoots": [],
                    "jsx": "react-jsx",
                    "module": "esnext",
                    "moduleResolution": "bundler",
                    "moduleDetection": "force",
                    "isolatedModules": true,
                    "allowImportingTsExtensions": true,
                    "resolveJsonModule": true,
                    "allowJs": true,
                    "noUncheckedSideEffectImports": true,
                    "skipLibCheck": true
                  },
                  "files": ["env.d.ts", "mount.tsx"],
                  "include": ["../sources/**/*.d.ts"]
                }

                """,
        },
    };
}
