using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Infrastructure.Tests.Settings;

/// <summary>The two places where somebody looks for a setting: the tables of docs/operations.md and local.settings.sample.json. Neither lacks one that the code reads or has one that it does not.</summary>
public sealed partial class SettingsDocumentationTests
{
    /// <summary>What only Azure or the host sets, and nobody on their own machine.</summary>
    private static readonly string[] OfAzure =
    [
        "AzureFunctionsJobHost__telemetryMode", // overrides host.json, to which "" is no mode
        "WEBSITE_INSTANCE_ID",
    ];

    /// <summary>What others than our code read.</summary>
    private static readonly string[] ReadByOthers = ["AzureWebJobsDisableHomepage", "AzureWebJobsStorage", "DurableStorage", "FUNCTIONS_WORKER_RUNTIME"];

    /// <summary>The settings that the code reads, by the names that users write: a section may have a value of its own beside what is below it.</summary>
    private static IReadOnlySet<string> Names { get; } =
        CodeSettings.All.Select(name => name == "JobsStorage__ConnectionString" ? "JobsStorage" : name).ToHashSet(CodeSettings.Names);

    private static IEnumerable<(string Setting, string[] Cells)> Rows =>
        from line in File.ReadAllLines(Path.Combine(Repository.Root, "docs", "operations.md"))
        where line.StartsWith("| `", StringComparison.Ordinal)
        // A bar within a cell is written with a backslash.
        let cells = Bar().Split(line)[1..^1]
        where cells.Length == 4
        from setting in Code().Matches(cells[0]).Select(match => match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal))
        select (setting, cells);

    [Fact]
    public void Sample_has_every_setting_and_no_other()
    {
        var sample = Values().Keys.Select(ListEntry).ToArray();

        Assert.Equal([], Names.Except(OfAzure).Except(sample, CodeSettings.Names).Order(StringComparer.Ordinal));
        Assert.Equal([], sample.Except(Names.Except(OfAzure), CodeSettings.Names).Except(ReadByOthers).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sample_has_no_secret() =>
        Assert.All(Values().Where(setting => Secret().IsMatch(setting.Key)), setting => Assert.Equal("", setting.Value));

    [Fact]
    public void Every_setting_is_documented_with_a_meaning_a_default_and_limits()
    {
        var documented = Rows.ToLookup(row => row.Setting, CodeSettings.Names);

        Assert.Equal([], Names
            .Where(name => name is not "WEBSITE_INSTANCE_ID")
            .Where(name => !documented.Contains(FirstEntry(name)) && !IsOfOneUse(name))
            .Order(StringComparer.Ordinal));
        Assert.All(Names.SelectMany(name => documented[FirstEntry(name)]), row => Assert.True(row.Cells[1].Trim().Length > 0 && row.Cells[2].Trim().Length > 0, row.Setting));

        // One row has what every use may have of its own.
        bool IsOfOneUse(string name) => name.Split("__") is ["Ai", var use, var setting]
            && documented[$"Ai__{use}__…"].Any(row => row.Cells[1].Contains($"`{setting}`", StringComparison.Ordinal) || (setting.EndsWith("Price", StringComparison.Ordinal) && row.Cells[1].Contains("the three prices", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_setting_is_documented_that_nobody_reads()
    {
        string[] sections = [.. CodeSettings.Sections, "OTEL_"];
        var read = Names.Select(FirstEntry).ToHashSet(CodeSettings.Names);

        Assert.Equal([], Rows.Select(row => row.Setting)
            .Where(name => sections.Any(section => name.StartsWith(section, StringComparison.Ordinal)) && !name.EndsWith("__…", StringComparison.Ordinal))
            .Where(name => !read.Contains(name)).Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> Values() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.sample.json"))).RootElement.GetProperty("Values").Deserialize<Dictionary<string, string>>()!;

    private static string FirstEntry(string name) => name.Replace("__*", "__0", StringComparison.Ordinal);

    private static string ListEntry(string name) => Number().Replace(name, "__*");

    [GeneratedRegex("__[0-9]+$")]
    private static partial Regex Number();

    [GeneratedRegex("(Key|Keys|Token|Secret|CONNECTION_STRING)$")]
    private static partial Regex Secret();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
