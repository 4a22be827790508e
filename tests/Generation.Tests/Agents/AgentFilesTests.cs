using System.Text.Json;
using Jobs.Generation.Offline.Agents;

namespace Jobs.Generation.Tests.Agents;

/// <summary>The folders in <c>src/Generation/Offline/Agents</c>, as an editor sees them.</summary>
public class AgentFilesTests
{
    private static readonly string Root = Path.Combine(Repository.Root, "src", "Generation", "Offline", "Agents");

    [Fact]
    public async Task Folder_of_every_kind_compiles_as_it_is() =>
        Assert.NotEmpty(await AgentRuns.CompileAsync([.. Enum.GetValues<AgentKind>().Select(kind => OnDisk(kind).Where(file => file.Key.EndsWith(".ts", StringComparison.Ordinal)).ToDictionary())]));

    [Fact]
    public void Every_file_is_built_in() =>
        Assert.All(Enum.GetValues<AgentKind>(), kind => Assert.Equal(OnDisk(kind), AgentFiles.Of(kind).ToDictionary()));

    [Fact]
    public void Value_of_a_configuration_is_the_end_of_its_file() =>
        Assert.All(Enum.GetValues<AgentKind>(), kind => Assert.Matches(@"^(?s:.*)\nexport const config: Config = \{\n(?:  .*\n)+\};\n\z", OnDisk(kind)[AgentFiles.Config]));

    [Theory]
    [InlineData(AgentKind.Text, typeof(TextChange))]
    [InlineData(AgentKind.Text, typeof(TextCount))]
    [InlineData(AgentKind.Validation, typeof(FieldRule))]
    [InlineData(AgentKind.Email, typeof(EmailService))]
    [InlineData(AgentKind.Date, typeof(DateTask))]
    [InlineData(AgentKind.Date, typeof(DateFormat))]
    [InlineData(AgentKind.Date, typeof(DateUnit))]
    [InlineData(AgentKind.Statistics, typeof(Measure))]
    [InlineData(AgentKind.Random, typeof(RandomDraw))]
    public void Configuration_has_a_word_for_every_setting(AgentKind kind, Type setting) =>
        Assert.All(Enum.GetNames(setting), name => Assert.Contains($"\"{JsonNamingPolicy.CamelCase.ConvertName(name)}\"", OnDisk(kind)[AgentFiles.Config], StringComparison.Ordinal));

    private static Dictionary<string, string> OnDisk(AgentKind kind)
    {
        var folder = Path.Combine(Root, kind.ToString().ToLowerInvariant());
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder, path).Replace('\\', '/'), path => File.ReadAllText(path).ReplaceLineEndings("\n"));
    }
}
