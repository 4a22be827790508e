using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jobs.Infrastructure.Tests.Bicep;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Infrastructure.Tests.Monitoring;

/// <summary>What an operator is told and looks at.</summary>
[Collection(CompiledInfrastructure.Collection)]
public sealed partial class MonitoringTests(CompiledInfrastructure infrastructure)
{
    private static readonly string Operations = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    private JsonElement Workbook => JsonDocument.Parse(infrastructure.Default.Resource("Microsoft.Insights/workbooks").GetProperty("properties").GetProperty("serializedData").GetString()!).RootElement;

    private IEnumerable<string> Charts => Workbook.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("content")).Where(content => content.TryGetProperty("query", out _)).Select(content => content.GetProperty("query").GetString()!);

    private IReadOnlyList<JsonElement> QueryAlerts => infrastructure.Full.Resources("Microsoft.Insights/scheduledQueryRules");

    [Fact]
    public void Workbook_has_five_pictures() => Assert.Equal(5, Charts.Count());

    [Fact]
    public void Functions_that_the_workbook_names_exist()
    {
        var functions = typeof(Jobs.Functions.Program).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name).OfType<string>().ToHashSet();
        var named = Charts.SelectMany(query => FunctionName().Matches(query)).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(3, named.Count);
        Assert.All(named, name => Assert.Contains(name, functions));
    }

    [Fact]
    public void Metrics_that_are_looked_at_are_in_the_documentation()
    {
        var metrics = Charts.Concat(QueryAlerts.Select(QueryOf)).SelectMany(query => Metric().Matches(query)).Select(match => match.Value).ToHashSet();

        Assert.Equal(["jobs.ai.tokens", "jobs.finished", "jobs.polls", "jobs.queue.duration", "jobs.step.duration", "jobs.storage.transactions"], metrics.Order(StringComparer.Ordinal));
        Assert.All(metrics, metric => Assert.Contains($"`{metric}`", Operations, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_has_a_runbook()
    {
        var names = QueryAlerts.Concat(infrastructure.Full.Resources("Microsoft.Insights/metricAlerts"))
            .Select(alert => AlertName().Match(alert.GetProperty("name").GetString()!).Groups[1].Value).ToHashSet();

        Assert.Equal(["dead-host", "failed-jobs", "long-queue", "not-ready", "server-errors", "throttled"], names.Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Contains($"\n| `{name}` |", Operations, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_query_gives_the_number_that_its_alert_compares() => Assert.All(QueryAlerts, alert =>
    {
        var criterion = alert.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0];

        Assert.Equal("value", criterion.GetProperty("metricMeasureColumn").GetString());
        Assert.Matches(@"\| (project|summarize) value = [^|]+$", QueryOf(alert));
    });

    [Fact]
    public void Somebody_is_told_where_there_is_an_address_and_nobody_otherwise()
    {
        Assert.Contains("Microsoft.Insights/actionGroups", infrastructure.Full.Types);
        Assert.Contains("Microsoft.Consumption/budgets", infrastructure.Full.Types);
        Assert.All(QueryAlerts, alert => Assert.Equal(1, alert.GetProperty("properties").GetProperty("actions").GetProperty("actionGroups").GetArrayLength()));
        Assert.DoesNotContain("Microsoft.Insights/actionGroups", infrastructure.Default.Types);
        Assert.DoesNotContain("Microsoft.Consumption/budgets", infrastructure.Default.Types);
        Assert.All(infrastructure.Default.Resources("Microsoft.Insights/scheduledQueryRules"), alert => Assert.Equal(0, alert.GetProperty("properties").GetProperty("actions").GetProperty("actionGroups").GetArrayLength()));
    }

    [Fact]
    public void Availability_test_asks_whether_the_app_is_ready_at_a_path_below_the_hosts_prefix()
    {
        var prefix = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json"))).RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString();
        var test = infrastructure.Default.Resource("Microsoft.Insights/webtests").GetProperty("properties");

        Assert.Equal("", prefix);
        Assert.Contains("'{0}/health/ready'", test.GetProperty("Request").GetProperty("RequestUrl").GetString());
        Assert.Equal(200, test.GetProperty("ValidationRules").GetProperty("ExpectedHttpStatusCode").GetInt32());
    }

    [Fact]
    public void Deletions_accesses_to_secrets_and_starts_of_the_host_are_logged() => Assert.Equal(
        ["AuditEvent", "FunctionAppLogs", "StorageDelete", "StorageDelete"],
        infrastructure.Default.Resources("Microsoft.Insights/diagnosticSettings")
            .SelectMany(setting => setting.GetProperty("properties").GetProperty("logs").EnumerateArray()).Select(log => log.GetProperty("category").GetString()).Order(StringComparer.Ordinal));

    private static string QueryOf(JsonElement alert) => alert.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0].GetProperty("query").GetString()!;

    [GeneratedRegex(@"""(Get\w+)""")]
    private static partial Regex FunctionName();

    [GeneratedRegex(@"\bjobs\.[a-z.]+\b")]
    private static partial Regex Metric();

    // jobs-HASH-name, jobs-HASH-throttled-ACCOUNT
    [GeneratedRegex("^jobs-[a-z0-9]{13}-(throttled|[a-z-]+)")]
    private static partial Regex AlertName();
}
