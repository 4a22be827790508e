namespace Jobs.Functions.Compilation;

/// <summary>
/// What every build's folder holds beside the widget's own files:
/// <code>
/// esbuild   typescript/   node_modules/   the tools
/// entry/                                  our own entry and configuration, where no source can be written
/// widget/                                 the sources; the compilers run here
/// out/                                    the only folder the compilers may write to
/// </code>
/// The paths below are as seen from <c>widget/</c>.
/// </summary>
internal static class JailTemplate
{
    public const string EntryModule = "../entry/mount.tsx";

    public const string Configuration = "../entry/tsconfig.json";

    public const string OutputFolder = "../out";

    /// <summary>The file that every widget must have; its default export is the root component.</summary>
    public const string WidgetModule = "src/App.tsx";

    /// <summary>Content by path.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        ["entry/mount.tsx"] =
            """
            import { createRoot } from "react-dom/client";
            import App from "../widget/src/App.tsx";

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
              "include": ["../widget/**/*.d.ts"]
            }

            """,
        // Ends the compilers' search for one in the folders above.
        ["package.json"] = """{ "private": true }""",
    };
}
