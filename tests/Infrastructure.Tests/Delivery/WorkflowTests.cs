using System.Globalization;
using System.Text.RegularExpressions;
using Jobs.Infrastructure.Tests.Settings;
using YamlDotNet.RepresentationModel;

namespace Jobs.Infrastructure.Tests.Delivery;

/// <summary>The rules of this repository's workflows, and of the one that users copy (which has further ones: RunJobWorkflowTests).</summary>
public sealed partial class WorkflowTests
{
    private const string Deploy = "deploy.yml";

    private static readonly IReadOnlyList<Workflow> Ours =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, ".github", "workflows")).Order(StringComparer.Ordinal).Select(Workflow.Read)];

    private static readonly IReadOnlyList<Workflow> All = [.. Ours, Workflow.Read(Path.Combine(Repository.Root, "infra", "github", "run-job.yml"))];

    private static Workflow Of(string name) => Ours.Single(workflow => workflow.Name == name);

    [Fact]
    public void There_is_one_for_tests_one_for_the_package_and_one_for_deployments() =>
        Assert.Equal([Deploy, "publish.yml", "test.yml"], Ours.Select(workflow => workflow.Name));

    [Fact]
    public void Every_action_is_pinned_by_its_commit_and_says_which_version_that_is()
    {
        var uses = All.SelectMany(workflow => Uses().Matches(workflow.Text)).Select(match => match.Groups[1].Value).Where(use => !use.StartsWith("./", StringComparison.Ordinal)).ToList();

        Assert.Equal(All.Sum(workflow => workflow.Steps.Count(step => step.Children.ContainsKey("uses"))), uses.Count);
        Assert.All(uses, use => Assert.Matches(@"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", use));
    }

    [Fact]
    public void Action_has_one_version_in_all_of_ours() => Assert.All(
        Ours.SelectMany(workflow => Uses().Matches(workflow.Text)).Select(match => match.Groups[1].Value.Split('@')).Where(use => use.Length == 2).GroupBy(use => use[0], use => use[1]),
        action => Assert.Single(action.Distinct()));

    [Fact]
    public void Nobody_has_a_right_by_default_and_every_job_says_which_it_has() => Assert.All(All, workflow =>
    {
        Assert.Empty(((YamlMappingNode)workflow.Root["permissions"]).Children);
        Assert.All(workflow.Jobs, job => Assert.IsType<YamlMappingNode>(job["permissions"]));
    });

    [Fact]
    public void Only_the_deployment_may_ask_for_a_token_of_Azure_and_none_of_ours_may_write() => Assert.All(Ours, workflow => Assert.All(workflow.Jobs, job =>
    {
        var rights = ((YamlMappingNode)job["permissions"]).Children.Select(right => $"{right.Key}: {right.Value}").ToList();

        string[] expected = workflow.Name == Deploy && !job.Children.ContainsKey("uses") ? ["contents: read", "id-token: write"] : ["contents: read"];
        Assert.Equal(expected, rights);
    }));

    [Fact]
    public void Every_job_ends_in_time_on_a_fixed_machine() => Assert.All(All.SelectMany(workflow => workflow.Jobs), job =>
    {
        if (job.Children.TryGetValue("uses", out var called))
        {
            // GitHub takes no limit here: the jobs of the workflow that is called have theirs.
            Assert.True(File.Exists(Path.Combine(Repository.Root, called.ToString())));
            return;
        }

        Assert.InRange(int.Parse(job["timeout-minutes"].ToString(), CultureInfo.InvariantCulture), 1, 60);
        Assert.Matches(@"^ubuntu-\d\d\.04$", job["runs-on"].ToString());
    });

    [Fact]
    public void Every_workflow_says_what_becomes_of_a_second_run_at_the_same_time() => Assert.All(All, workflow => Assert.NotNull(workflow.Root["concurrency"]["group"]));

    [Fact]
    public void Deployments_to_one_place_wait_for_each_other()
    {
        Assert.Equal("deploy-${{ inputs.environment }}", Of(Deploy).Root["concurrency"]["group"].ToString());
        Assert.Equal("false", Of(Deploy).Root["concurrency"]["cancel-in-progress"].ToString());
    }

    [Fact]
    public void No_secret_is_used() => Assert.All(Ours, workflow => Assert.DoesNotMatch(@"secrets\s*[.\[:]", workflow.Text));

    [Fact]
    public void No_strangers_branch_is_run_with_rights() => Assert.All(All, workflow => Assert.DoesNotContain("pull_request_target", workflow.Text, StringComparison.Ordinal));

    [Fact]
    public void No_expression_stands_in_a_script() =>
        Assert.All(All.SelectMany(workflow => workflow.Steps).Where(step => step.Children.ContainsKey("run")), step => Assert.DoesNotContain("${{", step["run"].ToString(), StringComparison.Ordinal));

    [Fact]
    public void Checkout_leaves_no_credential() => Assert.All(
        Ours.SelectMany(workflow => workflow.Steps).Where(step => step.Children.TryGetValue("uses", out var use) && use.ToString().StartsWith("actions/checkout@", StringComparison.Ordinal)),
        checkout => Assert.Equal("false", checkout["with"]["persist-credentials"].ToString()));

    [Fact]
    public void Tests_are_run_as_the_readme_says()
    {
        Assert.Contains("\n```\n./test\n```\n", File.ReadAllText(Path.Combine(Repository.Root, "README.md")), StringComparison.Ordinal);
        Assert.Contains(Of("test.yml").Scripts, script => script == "./test");
    }

    [Fact]
    public void Package_is_made_as_the_readme_says()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        Assert.Contains(Of("publish.yml").Scripts, script => script == PublishCommand.Text);
        Assert.Contains(PublishCommand.Text, readme, StringComparison.Ordinal);
        Assert.Contains(Of("publish.yml").Scripts, script => readme.Contains($"({script})", StringComparison.Ordinal));
    }

    [Fact]
    public void Provisioning_gets_every_variable_that_the_parameters_are_made_of()
    {
        var provision = Of(Deploy).Steps.Single(step => step.Children.TryGetValue("run", out var run) && run.ToString().StartsWith("azd provision", StringComparison.Ordinal));

        Assert.Equal(ParametersTests.Variables.Order(StringComparer.Ordinal), ((YamlMappingNode)provision["env"]).Children.Keys.Select(name => name.ToString()));
    }

    [GeneratedRegex(@"uses: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    private sealed record Workflow(string Name, string Text, YamlMappingNode Root)
    {
        public IEnumerable<YamlMappingNode> Jobs => ((YamlMappingNode)Root["jobs"]).Children.Values.Cast<YamlMappingNode>();

        public IEnumerable<YamlMappingNode> Steps =>
            Jobs.SelectMany(job => job.Children.TryGetValue("steps", out var steps) ? ((YamlSequenceNode)steps).Children.Cast<YamlMappingNode>() : []);

        public IEnumerable<string> Scripts => Steps.Where(step => step.Children.ContainsKey("run")).Select(step => step["run"].ToString());

        public static Workflow Read(string path)
        {
            var text = File.ReadAllText(path);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return new Workflow(Path.GetFileName(path), text, (YamlMappingNode)stream.Documents.Single().RootNode);
        }
    }
}
