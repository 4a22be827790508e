using Jobs.Repositories.Local;

namespace Jobs.Local.Commands;

/// <summary>The repository of the demo: a small site of reports, made anew each time, so that there is something to change.</summary>
internal static class SampleRepository
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["README.md"] = "# Northwater\n\nDaily reports of the pumping station, one file a day, in `reports/`.\n",
        ["CHANGELOG.md"] = "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2024-01-02\n\n### Added\n\n- The first report.\n",
        ["package.json"] = "{\n  \"name\": \"northwater\",\n  \"version\": \"1.0.0\"\n}\n",
        ["reports/daily-2024-03-04.md"] = "# Daily report, 2024-03-04\n\n- Level: 3.2 m\n- Pumps running: 2\n",
        ["reports/template.md"] = "# {{title}}\n\n- Level:\n- Pumps running:\n",
    };

    /// <summary>Makes it in a folder under the root of repositories, in the place of the one of before; its full path.</summary>
    public static string Create(string dataFolder)
    {
        var folder = Path.Combine(LocalApp.RepositoriesOf(dataFolder), $"{RepositoryDemo.Name}.git");
        if (Directory.Exists(folder))
        {
            // Git writes its objects so that nobody changes them by mistake.
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                file.IsReadOnly = false;
            }

            Directory.Delete(folder, recursive: true);
        }

        NewRepository.Create(folder, Files, DateTimeOffset.UtcNow);
        return folder;
    }
}
