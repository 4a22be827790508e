using System.Text.RegularExpressions;
using Jobs.Repositories.GitHub;
using YamlDotNet.RepresentationModel;

namespace Jobs.Repositories.Tests.GitHub;

/// <summary>The rules of the workflow that runs at GitHub, read from its template.</summary>
public sealed partial class RunJobWorkflowTests
{
    private static readonly string Path = System.IO.Path.Combine(Repository.Root, "infra", "github", RunStatuses.WorkflowFile);
    private static readonly YamlMappingNode Workflow = Load();

    private static IEnumerable<YamlMappingNode> Jobs => Map(Workflow, "jobs").Children.Values.Cast<YamlMappingNode>();

    private static IEnumerable<YamlMappingNode> Steps => Jobs.SelectMany(job => ((YamlSequenceNode)job.Children["steps"]).Children.Cast<YamlMappingNode>());

    [Fact]
    public void It_starts_by_a_push_of_a_jobs_file_to_a_jobs_branch_and_by_nothing_else()
    {
        var on = Map(Workflow, "on");
        var push = Map(on, RunStatuses.WorkflowEvent);

        Assert.Single(on.Children);
        Assert.Equal(["job/**"], Texts(push, "branches"));
        Assert.Equal([$"{JobFile.Folder}/**"], Texts(push, "paths"));
    }

    [Fact]
    public void Every_action_is_pinned_by_its_commit_and_says_which_version_that_is()
    {
        var uses = Uses().Matches(File.ReadAllText(Path)).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(Steps.Count(step => step.Children.ContainsKey("uses")), uses.Count);
        Assert.All(uses, use => Assert.Matches(@"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", use));
    }

    [Fact]
    public void Nobody_has_a_right_by_default_and_who_runs_the_agent_cannot_write()
    {
        Assert.Empty(Map(Workflow, "permissions").Children);
        Assert.Equal([("contents", "read")], PermissionsOf("work"));
        Assert.Equal([("contents", "write"), ("pull-requests", "write")], PermissionsOf("publish"));
        Assert.DoesNotContain("secrets.", File.ReadAllText(Path).Split("\n  publish:")[1], StringComparison.Ordinal);
        Assert.DoesNotContain("docker", File.ReadAllText(Path).Split("\n  publish:")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Checkout_beside_the_agent_leaves_no_credential()
    {
        var checkout = ((YamlSequenceNode)Map(Map(Workflow, "jobs"), "work").Children["steps"]).Children.Cast<YamlMappingNode>()
            .Single(step => step.Children.TryGetValue("uses", out var use) && use.ToString().StartsWith("actions/checkout@", StringComparison.Ordinal));

        Assert.Equal("false", Map(checkout, "with").Children["persist-credentials"].ToString());
    }

    [Fact]
    public void Every_job_has_a_time_limit_and_a_fixed_machine() => Assert.All(Jobs, job =>
    {
        Assert.InRange(int.Parse(job.Children["timeout-minutes"].ToString(), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Matches(@"^ubuntu-\d\d\.04$", job.Children["runs-on"].ToString());
    });

    [Fact]
    public void Runs_of_one_branch_wait_for_each_other_and_are_not_broken_off()
    {
        Assert.Equal("run-job-${{ github.ref }}", Map(Workflow, "concurrency").Children["group"].ToString());
        Assert.Equal("false", Map(Workflow, "concurrency").Children["cancel-in-progress"].ToString());
    }

    [Fact]
    public void No_expression_stands_in_a_script_and_each_script_stops_at_its_first_failure()
    {
        var scripts = Steps.Where(step => step.Children.ContainsKey("run")).Select(step => step.Children["run"].ToString()).ToList();

        Assert.Equal(5, scripts.Count);
        Assert.All(scripts, script =>
        {
            Assert.DoesNotContain("${{", script, StringComparison.Ordinal);
            Assert.DoesNotContain("eval", script, StringComparison.Ordinal);
            Assert.StartsWith("set -euo pipefail\n", script, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Expressions_are_of_the_repository_and_the_run_and_none_of_what_a_stranger_wrote() => Assert.All(
        Expression().Matches(File.ReadAllText(Path)).Select(match => match.Groups[1].Value),
        expression => Assert.Contains(expression, (string[])["github.ref", "github.token", "runner.temp", "vars.JOB_AGENT_IMAGE", "secrets.JOB_AGENT_KEY"]));

    private static IEnumerable<(string, string)> PermissionsOf(string job) =>
        Map(Map(Map(Workflow, "jobs"), job), "permissions").Children.Select(permission => (permission.Key.ToString(), permission.Value.ToString()));

    private static YamlMappingNode Map(YamlMappingNode parent, string name) => (YamlMappingNode)parent.Children[name];

    private static IEnumerable<string> Texts(YamlMappingNode parent, string name) => ((YamlSequenceNode)parent.Children[name]).Children.Select(node => node.ToString());

    private static YamlMappingNode Load()
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Path);
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    [GeneratedRegex(@"uses: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex(@"\$\{\{\s*(.*?)\s*\}\}")]
    private static partial Regex Expression();
}
