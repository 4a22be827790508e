using System.Text.Json;
using Jobs.Execution.Isolation;
using Jobs.Execution.Sandbox;

namespace Jobs.Execution.Tests.Sandbox;

/// <summary>No module of Deno's comes to a run: the import attacks, with every name that the program itself says it has.</summary>
public sealed class ImportTests(SandboxFixture sandboxes) : IClassFixture<SandboxFixture>
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Sandbox", "Attacks");

    public static TheoryData<ProcessIsolation, string> Programs
    {
        get
        {
            var data = new TheoryData<ProcessIsolation, string>();
            foreach (var isolation in new[] { SandboxFixture.Available[0], ProcessIsolation.None }.Distinct())
            {
                data.Add(isolation, "import-every-way.js");
                data.Add(isolation, "import-from-strings.js");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task No_way_of_importing_obtains_any_module_that_Deno_has(ProcessIsolation isolation, string program)
    {
        var modules = await ModulesAsync();
        Assert.InRange(modules.Count, 60, 200);
        var code = await File.ReadAllTextAsync(Path.Combine(Folder, program));
        var open = await SandboxFixture.OutputAsync(sandboxes[isolation], code, JsonSerializer.Serialize(modules));
        Assert.Equal("[]", open.GetRawText());
    }

    /// <summary>The hook that refuses imports loads much of Deno's part for Node: what is kept of the realm must be the same with and without.</summary>
    [Fact]
    public async Task Realm_is_the_same_whether_a_program_has_the_word_import_or_not()
    {
        const string Realm =
            """
            const shapeOf = (value) => Reflect.ownKeys(value).map((key) => {
              const { value: own, ...rest } = Reflect.getOwnPropertyDescriptor(value, key);
              return [String(key), typeof own, Object.keys(rest).map((name) => [name, typeof rest[name]]).join()];
            });
            export default () => JSON.stringify([globalThis, Object.prototype, Array.prototype, Function.prototype, Error, Promise, URL, Response, setTimeout].map(shapeOf))
              .replace(/__loaded_[-0-9a-f]+/g, "");
            """;
        var without = await SandboxFixture.OutputAsync(sandboxes.Strongest, Realm);
        Assert.Equal(without.GetString(), (await SandboxFixture.OutputAsync(sandboxes.Strongest, Realm + "// import")).GetString());
    }

    [Theory]
    [InlineData("export default () => 'an import of 3 rows';", "\"an import of 3 rows\"")]
    [InlineData("// import\nconst important = 1; export default async () => { await new Promise((resolve) => setTimeout(resolve, 1)); return important; };", "1")]
    [InlineData("export default async () => import('./rows.ts').catch((error) => error.message.split(' at ')[0]);", "\"an agent cannot import anything while it runs\"")]
    public async Task Program_with_the_word_import_runs_like_any_other(string code, string output) =>
        Assert.Equal(output, (await SandboxFixture.OutputAsync(sandboxes.Strongest, code)).GetRawText());

    [Fact]
    public async Task Every_module_of_Node_that_Deno_has_is_in_the_import_map_too()
    {
        var modules = await ModulesAsync();
        Assert.Contains("fs", modules);
        using var map = JsonDocument.Parse(typeof(DenoSandbox).Assembly.GetManifestResourceStream("Sandbox/import-map.json")!);
        var blocked = map.RootElement.GetProperty("imports").EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Null).Select(entry => entry.Name).ToHashSet();
        Assert.All(modules, module => Assert.True(blocked.Contains(module) && blocked.Contains("node:" + module), module));
    }

    /// <summary>The names of all of Node's modules that the program has, without "node:".</summary>
    private async Task<List<string>> ModulesAsync()
    {
        var deno = DenoProgram.Locate(AppContext.BaseDirectory);
        var listing = await BoundedProcess.RunAsync(
            [deno, "eval", "--no-config", "--no-lock", "import m from 'node:module'; console.log(JSON.stringify(m.builtinModules))"],
            sandboxes.TempFolder,
            SandboxBounds.MessageBytes,
            new Dictionary<string, string> { ["DENO_DIR"] = Path.Combine(deno, "none") },
            CancellationToken.None);
        return [.. JsonSerializer.Deserialize<List<string>>(listing.Output.Text)!.Select(module => module.Replace("node:", "")).Distinct()];
    }
}
