using Jobs.Domain.Widgets;
using Jobs.Execution.Tests.Compilation;
using Jobs.Generation.Offline.Widgets;

namespace Jobs.Generation.Tests;

/// <summary>The folders of the kinds as they lie on disk, before anything is filled in.</summary>
public sealed class WidgetFilesTests(CompilerFixture compilers) : IClassFixture<CompilerFixture>
{
    private const string Shared = "shared";

    private static readonly string Root = Path.Combine(Repository.Root, "src", "Generation", "Offline", "Widgets");

    public static TheoryData<string> Folders => [.. KindChooser.Templates.Select(template => template.Folder)];

    [Fact]
    public void Folders_are_those_of_the_kinds_and_the_shared_one() =>
        Assert.Equal([.. KindChooser.Templates.Select(template => template.Folder).Append(Shared).Order()], Directory.GetDirectories(Root).Select(Path.GetFileName).Order());

    [Theory]
    [MemberData(nameof(Folders))]
    public void Embedded_files_are_those_on_disk(string folder)
    {
        Assert.Equal(OnDisk(folder).OrderBy(file => file.Key), WidgetFiles.Of(folder).OrderBy(file => file.Key));
        Assert.Equal(OnDisk(Shared).OrderBy(file => file.Key), WidgetFiles.Shared.OrderBy(file => file.Key));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Folder_with_its_example_settings_compiles_as_it_is(string folder)
    {
        var files = OnDisk(Shared);
        foreach (var (path, content) in OnDisk(folder))
        {
            files[path] = files.TryGetValue(path, out var shared) ? shared + content : content;
        }

        Assert.True(SourceFiles.TryCreate(files, out var sources, out var error), error);
        await CompilerFixture.SucceedAsync(compilers[CompilerFixture.Available[0]], sources);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Only_the_style_is_both_shared_and_of_a_kind(string folder) =>
        Assert.Equal(["src/styles.css"], OnDisk(folder).Keys.Intersect(OnDisk(Shared).Keys));

    private static Dictionary<string, string> OnDisk(string folder) =>
        Directory.GetFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(Path.Combine(Root, folder), file).Replace('\\', '/'), File.ReadAllText);
}
