using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Jobs.Functions.Tests.Layout;

/// <summary>The house of docs/architecture.md, read from the sources.</summary>
public sealed partial class RoomTests
{
    /// <summary>Which project may reference which.</summary>
    private static readonly Dictionary<string, string[]> References = new()
    {
        ["Domain"] = [],
        ["Storage"] = ["Domain"],
        ["Execution"] = ["Domain"],
        ["Generation"] = ["Domain"],
        ["Documents"] = ["Domain"],
        ["Repositories"] = ["Domain"],
        ["DocumentReader"] = ["Documents"],
        ["Functions"] = ["Documents", "Domain", "Execution", "Generation", "Repositories", "Storage"],
        ["Local"] = ["Functions"],
    };

    /// <summary>Libraries, and the only folders whose sources may name them. What the composition roots and the local host do is their own.</summary>
    private static readonly (string Library, string[] Folders)[] Libraries =
    [
        ("Microsoft.AspNetCore", ["Functions/Api", "Functions/Workspace", "Local"]),
        ("Azure.Data.Tables", ["Storage"]),
        ("Azure.Storage", ["Storage"]),
        ("Azure.Identity", ["Storage", "Generation/Ai", "Functions/Telemetry"]),
        ("Microsoft.Extensions.AI", ["Generation/Ai"]),
        ("OpenAI", ["Generation/Ai"]),
        ("Microsoft.IdentityModel", ["Functions/Identity", "Local/Identity", "Repositories/GitHub"]),
        ("Microsoft.ML", ["Documents/Embedding", "Generation/Ai"]),
        ("Anthropic", ["Generation/Ai"]),
        ("Polly", ["Generation/Ai"]),
        ("Microsoft.Azure.Functions", ["Functions", "Local"]),
        ("Microsoft.DurableTask", ["Functions", "Local"]),
        ("DurableTask", ["Local/Durable", "Local/Host"]),
        ("UglyToad.PdfPig", ["Documents/Parsing"]),
        ("DocumentFormat.OpenXml", ["Documents/Parsing"]),
        ("Markdig", ["Documents/Parsing"]),
        ("AngleSharp", ["Documents/Html", "Documents/Parsing"]),
        ("SmartReader", ["Documents/Html", "Documents/Parsing"]),
        ("CsvHelper", ["Documents/Exchange", "Documents/Parsing"]),
        ("UtfUnknown", ["Documents/Parsing"]),
        ("LibGit2Sharp", ["Repositories/Local"]),
        ("Octokit", ["Repositories/GitHub"]),
    ];

    private static readonly Source[] Sources = [.. References.Keys.SelectMany(ReadProject)];

    public static TheoryData<string> Projects => [.. References.Keys];

    [Fact]
    public void Every_folder_of_src_is_a_room_of_the_table() =>
        Assert.Equal(References.Keys.Order(), Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_references_only_the_rooms_below_it(string project)
    {
        var references = XDocument.Load(Path.Combine(Repository.Root, "src", project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        Assert.Equal(References[project].Order(), references.Order());
    }

    [Fact]
    public void Namespace_of_every_file_is_its_folder() =>
        Assert.All(Sources, source => Assert.Equal("Jobs." + source.Folder.Replace('/', '.'), source.Namespace));

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_two_folders_of_a_project_use_each_other(string project)
    {
        var uses = UsesWithin([.. Sources.Where(source => source.Project == project)]);

        Assert.Empty(uses.Keys.Where(pair => string.CompareOrdinal(pair.From, pair.To) < 0 && uses.ContainsKey((pair.To, pair.From)))
            .Select(pair => $"{pair.From} ({uses[pair]}) <-> {pair.To} ({uses[(pair.To, pair.From)]})"));
    }

    [Fact]
    public void Two_folders_that_use_each_other_are_found_by_usings_and_by_the_parents_names()
    {
        Source[] siblings =
        [
            new("P", "P/A", "One.cs", "Jobs.P.A", ["Jobs.P.B"], "using Jobs.P.B;\nnamespace Jobs.P.A;\npublic class One { Two two; }"),
            new("P", "P/B", "Two.cs", "Jobs.P.B", ["Jobs.P.A"], "using Jobs.P.A;\nnamespace Jobs.P.B;\npublic sealed record Two(One One);"),
        ];
        Source[] family =
        [
            new("P", "P/A", "One.cs", "Jobs.P.A", ["Jobs.P.A.C"], "using Jobs.P.A.C;\nnamespace Jobs.P.A;\npublic class One { Three three; }"),
            new("P", "P/A/C", "Three.cs", "Jobs.P.A.C", [], "namespace Jobs.P.A.C;\npublic enum Three { }\ninternal class Other { One one; }"),
        ];

        Assert.Equal(2, UsesWithin(siblings).Count);
        Assert.Equal(2, UsesWithin(family).Count);
        Assert.Single(UsesWithin([siblings[0], siblings[1] with { Text = "namespace Jobs.P.B;\npublic sealed record Two;" }]));
    }

    [Fact]
    public void Library_is_named_only_in_its_rooms() =>
        Assert.Empty(
            from source in Sources
            from @using in source.Usings
            from library in Libraries
            where IsWithin(@using, library.Library, '.') && !library.Folders.Any(folder => IsWithin(source.Folder, folder, '/'))
            select $"{source.Folder}/{source.File}: {@using}");

    /// <summary>Which folder uses which, each with a file that does: one that names a type of the other, which it has a using for or lies within.</summary>
    private static Dictionary<(string From, string To), string> UsesWithin(IReadOnlyList<Source> sources)
    {
        var types = sources.GroupBy(source => source.Namespace).ToDictionary(
            folder => folder.Key,
            folder => folder.SelectMany(source => Declaration().Matches(source.Text).Select(match => match.Groups[1].Value)).ToHashSet());
        var uses = new Dictionary<(string, string), string>();
        foreach (var source in sources)
        {
            var words = Word().Matches(source.Text).Select(match => match.Value).ToHashSet();
            foreach (var (name, declared) in types)
            {
                var sees = source.Usings.Contains(name) || source.Namespace.StartsWith(name + ".", StringComparison.Ordinal);
                if (name != source.Namespace && sees && declared.Overlaps(words))
                {
                    uses.TryAdd((source.Namespace, name), source.File);
                }
            }
        }

        return uses;
    }

    private static bool IsWithin(string name, string parent, char separator) => name == parent || name.StartsWith(parent + separator, StringComparison.Ordinal);

    private static IEnumerable<Source> ReadProject(string project)
    {
        var root = Path.Combine(Repository.Root, "src");
        foreach (var path in Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(root, path).Replace('\\', '/');
            if (relative.StartsWith($"{project}/obj/", StringComparison.Ordinal) || relative.StartsWith($"{project}/bin/", StringComparison.Ordinal))
            {
                continue;
            }

            var text = File.ReadAllText(path);
            yield return new Source(
                project,
                Path.GetDirectoryName(relative)!.Replace('\\', '/'),
                Path.GetFileName(path),
                Declared().Match(text).Groups[1].Value,
                [.. Using().Matches(text).Select(match => match.Groups[1].Value)],
                text);
        }
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^using (?:static |\w+ = )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^(?:public|internal)(?: static| sealed| abstract| partial| readonly)* (?:class|record struct|record|struct|enum|interface) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    private sealed record Source(string Project, string Folder, string File, string Namespace, IReadOnlyList<string> Usings, string Text);
}
