using System.Text.Json;
using System.Text.RegularExpressions;
using Jobs.Infrastructure.Tests.Bicep;
using Microsoft.Extensions.Configuration;

namespace Jobs.Infrastructure.Tests.Settings;

/// <summary>The settings in the templates and those that the code, the Functions host and the Azure SDK read: neither has one that the other lacks.</summary>
[Collection(CompiledInfrastructure.Collection)]
public sealed partial class AppSettingsTests(CompiledInfrastructure infrastructure)
{
    /// <summary>Settings that an app in Azure never has, or that Azure itself sets.</summary>
    private static readonly string[] NotInAzure =
    [
        "JobsStorage", "JobsStorage__ConnectionString", // a connection string has a key in it: for the emulator; the one is read into the other
        "JobsStorage__AccountName", // the template knows the addresses
        "Repositories__LocalRoots__*", // the app does not start with one
        "WEBSITE_INSTANCE_ID", // Azure's own
    ];

    /// <summary>What others than our code read.</summary>
    private static readonly string[] ReadByOthers =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", // the host
        "AZURE_CLIENT_ID", // DefaultAzureCredential
        "AzureWebJobsDisableHomepage", // the host
        .. Connections("AzureWebJobsStorage"), // the host, its timers
        .. Connections(HostJson("host.json")["extensions:durableTask:storageProvider:connectionName"]!), // Durable's extension
        HostJson("infra/scheduler/host.json")["extensions:durableTask:storageProvider:connectionStringName"]!, // Durable's extension, where the scheduler is its backend
    ];

    private IReadOnlySet<string> Choosable => infrastructure.Template("main.bicep").GetProperty("definitions").EnumerateObject()
        .Single(definition => definition.Name.EndsWith("appSettings", StringComparison.Ordinal)).Value.GetProperty("properties").EnumerateObject().Select(property => property.Name).ToHashSet();

    private IReadOnlySet<string> Made => SettingsOf(infrastructure.Full.Resource("Microsoft.Web/sites/config").GetProperty("properties").GetString()!);

    [Fact]
    public void Code_reads_settings_of_every_kind()
    {
        // So that the search for them cannot silently find nothing.
        string[] some = ["Ai__Widgets__Key", "GitHub__WebhookSecret", "Identity__Authority", "Jobs__InitialApiKey", "Jobs__SecretsKey", "JobsStorage__tableServiceUri", "OTEL_SERVICE_NAME", "Repositories__GitHub__*"];

        Assert.Equal([], some.Except(CodeSettings.All, CodeSettings.Names));
    }

    [Fact]
    public void Every_setting_that_the_code_reads_can_be_set() =>
        Assert.Equal([], CodeSettings.All.Except(NotInAzure).Except(Made, CodeSettings.Names).Except(Choosable, CodeSettings.Names).Order(StringComparer.Ordinal));

    [Fact]
    public void No_setting_is_made_that_nobody_reads() =>
        Assert.Equal([], Made.Concat(Choosable).Except(CodeSettings.All, CodeSettings.Names).Except(ReadByOthers).Order(StringComparer.Ordinal));

    [Fact]
    public void Host_finds_its_connections() => Assert.Equal([], ReadByOthers.Except(Made).Order(StringComparer.Ordinal));

    [Fact]
    public void Container_gets_what_the_function_app_gets_but_the_scheduler_and_rarer_secrets()
    {
        var environment = infrastructure.InContainer.Resource("Microsoft.App/containerApps").GetProperty("properties").GetProperty("template").GetProperty("containers")[0].GetProperty("env");
        var made = SettingsOf(environment.GetString()!);

        Assert.Equal([], made.Except(Made).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["Ai__Agents__Key", "Ai__Model", "Ai__Repositories__Key", "Ai__Widgets__Key", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "GitHub__AppPrivateKey", "GitHub__PreviousWebhookSecret", "Jobs__PreviousSecretsKeys", "Repositories__GitHub__*"],
            Made.Except(made).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Setting_that_does_not_exist_is_refused_before_anything_is_made() =>
        Assert.False(infrastructure.Template("main.bicep").GetProperty("definitions").EnumerateObject()
            .Single(definition => definition.Name.EndsWith("appSettings", StringComparison.Ordinal)).Value.GetProperty("additionalProperties").GetBoolean());

    [Fact]
    public void No_secret_can_be_chosen_as_a_plain_setting() => Assert.DoesNotContain(Choosable, name => SecretName().IsMatch(name));

    [Fact]
    public void Secrets_are_references_to_the_vault()
    {
        var expression = infrastructure.Full.Resource("Microsoft.Web/sites/config").GetProperty("properties").GetString()!;

        Assert.Contains("'@Microsoft.KeyVault(SecretUri={0}secrets/{1})'", expression, StringComparison.Ordinal);
        // Each under its own name in the vault, which has them all.
        Assert.Equal(
            infrastructure.Full.Resources("Microsoft.KeyVault/vaults/secrets").Select(secret => secret.GetProperty("name").GetString()!.Split('/')[1]).Order(StringComparer.Ordinal),
            SecretEntry().Matches(expression).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.All(SecretEntry().Matches(expression), match => Assert.Matches(SecretName(), match.Groups[2].Value));
    }

    [Fact]
    public void Expression_with_texts_properties_and_calls_is_read()
    {
        var expression = ArmExpression.Parse("[union(createObject('a', format('it''s {0}', reference('x', '1').b[0].c), 'b', true()), toObject(filter(createArray(createObject('setting', 'c', 'name', 'd')), lambda('s', lambdaVariables('s').isSet)), lambda('s', 1)))]");

        Assert.Equal(["a", "b", "c"], expression.Keys());
        Assert.Equal(["e", "f"], ArmExpression.Parse("[concat(createArray(createObject('key', 'e', 'value', 1)), createArray(createObject('name', 'f', 'value', 2)))]").Keys());
        Assert.Throws<FormatException>(() => ArmExpression.Parse("plain"));
    }

    private static HashSet<string> SettingsOf(string expression) =>
        ArmExpression.Parse(expression).Keys().Select(name => ListEntry().Replace(name, "__*")).ToHashSet();

    private static IEnumerable<string> Connections(string name) =>
        new[] { "blobServiceUri", "clientId", "credential", "queueServiceUri", "tableServiceUri" }.Select(part => $"{name}__{part}");

    private static IConfiguration HostJson(string path) => new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, path)).Build();

    [GeneratedRegex("__[0-9]+$")]
    private static partial Regex ListEntry();

    [GeneratedRegex("(Key|Keys|Token|Secret)$")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"createObject\('name', '([^']+)', 'setting', '([^']+)', 'isSet'")]
    private static partial Regex SecretEntry();
}
