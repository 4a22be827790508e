using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Infrastructure.Tests.Bicep;

/// <summary>The files as the compiler, its linter and its formatter see them.</summary>
[Collection(CompiledInfrastructure.Collection)]
public sealed partial class BicepTests(CompiledInfrastructure infrastructure)
{
    [Fact]
    public void Every_file_compiles_without_an_error_a_warning_or_a_broken_rule_of_the_linter() => Assert.All(infrastructure.Compilations.Values, compilation =>
    {
        Assert.Equal([], compilation.Findings);
        Assert.True(compilation.Succeeded);
    });

    [Fact]
    public void Broken_rule_is_found_and_an_error() =>
        Assert.Contains(": Error no-unused-params: ", Assert.Single(infrastructure.FindingsInBadFile));

    [Fact]
    public void Every_rule_of_the_linter_is_an_error_but_the_one_that_depends_on_the_day()
    {
        var rules = JsonDocument.Parse(File.ReadAllText(Path.Combine(CompiledInfrastructure.Infra, "bicepconfig.json")), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })
            .RootElement.GetProperty("analyzers").GetProperty("core").GetProperty("rules").EnumerateObject()
            .ToLookup(rule => rule.Value.GetProperty("level").GetString(), rule => rule.Name);

        Assert.Equal(["error", "off"], rules.Select(level => level.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["use-recent-api-versions"], rules["off"]);
    }

    [Fact]
    public void Every_file_is_formatted() =>
        Assert.All(CompiledInfrastructure.Files, file => Assert.Equal(infrastructure.Formatted[file], File.ReadAllText(Path.Combine(CompiledInfrastructure.Infra, file))));

    [Fact]
    public void Every_module_is_one_of_this_repository() => Assert.All(
        CompiledInfrastructure.Files.SelectMany(file => Reference().Matches(File.ReadAllText(Path.Combine(CompiledInfrastructure.Infra, file)))
            .Select(match => Path.Combine(CompiledInfrastructure.Infra, Path.GetDirectoryName(file)!, match.Groups[1].Value))),
        path => Assert.True(File.Exists(path), path));

    [Fact]
    public void Every_module_is_used()
    {
        var used = CompiledInfrastructure.Files.SelectMany(file => Reference().Matches(File.ReadAllText(Path.Combine(CompiledInfrastructure.Infra, file)))
            .Select(match => Path.GetFullPath(Path.Combine(CompiledInfrastructure.Infra, Path.GetDirectoryName(file)!, match.Groups[1].Value)))).ToHashSet();

        Assert.All(CompiledInfrastructure.Files.Where(file => Path.GetFileName(file) != "main.bicep"), file => Assert.Contains(Path.GetFullPath(Path.Combine(CompiledInfrastructure.Infra, file)), used));
    }

    [Fact]
    public void Whole_deployment_can_be_predicted() =>
        Assert.All([infrastructure.Default, infrastructure.Full, infrastructure.InContainer], deployment => Assert.Equal([], deployment.Findings));

    [GeneratedRegex(@"(?:^module \w+|^import .+ from) '([^']+)'", RegexOptions.Multiline)]
    private static partial Regex Reference();
}
