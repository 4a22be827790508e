using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Jobs.Infrastructure.Tests.Bicep;

/// <summary>What is deployed, read from the compiled templates and from what the compiler predicts of a deployment.</summary>
[Collection(CompiledInfrastructure.Collection)]
public sealed partial class TemplateTests(CompiledInfrastructure infrastructure)
{
    private const string AcrPull = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
    private const string CognitiveServicesOpenAiUser = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd";
    private const string DurableTaskDataContributor = "0ad04412-c4d5-4796-b79c-f76d14c8d402";
    private const string KeyVaultSecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string MonitoringMetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";
    private const string StorageBlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string StorageBlobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string StorageQueueDataContributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
    private const string StorageTableDataContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";

    /// <summary>Of uniqueString, which ends the names.</summary>
    private const int HashLength = 13;

    private static readonly (string, string)[] Roles =
    [
        ("Microsoft.Insights/components/appi-jobs", MonitoringMetricsPublisher),
        ("Microsoft.KeyVault/vaults/kv-jobs", KeyVaultSecretsUser),
        ("Microsoft.Storage/storageAccounts/stdata", StorageBlobDataContributor),
        ("Microsoft.Storage/storageAccounts/stdata", StorageTableDataContributor),
        ("Microsoft.Storage/storageAccounts/sthub", StorageBlobDataOwner),
        ("Microsoft.Storage/storageAccounts/sthub", StorageQueueDataContributor),
        ("Microsoft.Storage/storageAccounts/sthub", StorageTableDataContributor),
    ];

    [Fact]
    public void App_has_the_roles_that_it_needs_each_on_one_resource() => Assert.Equal(Roles.Order(), infrastructure.Default.Roles.Order());

    [Fact]
    public void App_that_uses_more_has_the_roles_for_it() => Assert.Equal(
        Roles.Append(("Microsoft.CognitiveServices/accounts/models", CognitiveServicesOpenAiUser)).Append(("Microsoft.DurableTask/schedulers/dts-jobs", DurableTaskDataContributor)).Order(),
        infrastructure.Full.Roles.Order());

    [Fact]
    public void App_in_a_container_may_also_pull_its_image() =>
        Assert.Equal(Roles.Append(("Microsoft.ContainerRegistry/registries/images", AcrPull)).Order(), infrastructure.InContainer.Roles.Order());

    [Fact]
    public void Every_role_is_the_apps_identitys()
    {
        var principals = infrastructure.Full.Resources("Microsoft.Authorization/roleAssignments").Select(role => role.GetProperty("properties").GetProperty("principalId").GetString()).Distinct();

        Assert.Contains("'identity'", Assert.Single(principals));
    }

    [Fact]
    public void No_storage_account_can_be_entered_with_a_key_without_encryption_or_by_the_public()
    {
        var accounts = Every("Microsoft.Storage/storageAccounts").ToList();

        Assert.Equal(6, accounts.Count);
        Assert.All(accounts, account =>
        {
            Assert.False(account.GetProperty("allowSharedKeyAccess").GetBoolean());
            Assert.False(account.GetProperty("allowBlobPublicAccess").GetBoolean());
            Assert.False(account.GetProperty("allowCrossTenantReplication").GetBoolean());
            Assert.True(account.GetProperty("supportsHttpsTrafficOnly").GetBoolean());
            Assert.Equal("TLS1_2", account.GetProperty("minimumTlsVersion").GetString());
        });
        Assert.All(Every("Microsoft.Storage/storageAccounts/blobServices/containers"), container => Assert.Equal("None", container.GetProperty("publicAccess").GetString()));
    }

    [Fact]
    public void Artifacts_that_were_deleted_or_overwritten_can_be_brought_back_for_a_week()
    {
        var blobs = infrastructure.Default.Resources("Microsoft.Storage/storageAccounts/blobServices").Single(resource => Named(resource, "stdata")).GetProperty("properties");
        var versions = infrastructure.Default.Resource("Microsoft.Storage/storageAccounts/managementPolicies").GetProperty("properties").GetProperty("policy").GetProperty("rules")[0];

        Assert.True(blobs.GetProperty("isVersioningEnabled").GetBoolean());
        Assert.Equal(7, blobs.GetProperty("deleteRetentionPolicy").GetProperty("days").GetInt32());
        Assert.Equal(7, blobs.GetProperty("containerDeleteRetentionPolicy").GetProperty("days").GetInt32());
        Assert.Equal(7, versions.GetProperty("definition").GetProperty("actions").GetProperty("version").GetProperty("delete").GetProperty("daysAfterCreationGreaterThan").GetInt32());
    }

    [Fact]
    public void No_template_takes_a_key_from_a_resource() =>
        Assert.All(CompiledInfrastructure.Files, file => Assert.DoesNotMatch(KeyFunction(), infrastructure.Template(file).GetRawText()));

    [Fact]
    public void Secrets_reach_nothing_but_the_vault()
    {
        foreach (var file in new[] { "main.bicep", "container/main.bicep" })
        {
            var template = infrastructure.Template(file);
            var secure = template.GetProperty("parameters").EnumerateObject().Where(IsSecure).Select(parameter => parameter.Name).ToList();
            var outside = Without(template, "vault");

            Assert.True(secure.Count >= 5);
            // Whether there is one may be known.
            Assert.All(secure, name => Assert.Contains($"empty(parameters('{name}'))", outside, StringComparison.Ordinal));
            Assert.All(secure, name => Assert.DoesNotContain($"parameters('{name}')", outside.Replace($"empty(parameters('{name}'))", "", StringComparison.Ordinal), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void No_secret_is_in_an_output_or_in_anything_that_can_be_predicted()
    {
        Assert.All([infrastructure.Default, infrastructure.Full, infrastructure.InContainer], deployment => Assert.DoesNotContain(CompiledInfrastructure.Canary, deployment.Text, StringComparison.Ordinal));
        foreach (var file in CompiledInfrastructure.Files)
        {
            Assert.All(OutputsOf(infrastructure.Template(file)), output => Assert.False(IsSecure(output), $"{file}: {output.Name}"));
        }
    }

    [Fact]
    public void Outputs_are_addresses_and_names() => Assert.Equal(
        ["APP_URL", "AZURE_FUNCTION_NAME", "AZURE_KEY_VAULT_NAME", "AZURE_LOCATION", "AZURE_RESOURCE_GROUP", "AZURE_TENANT_ID", "DATA_STORAGE_ACCOUNT_NAME", "HUB_STORAGE_ACCOUNT_NAME"],
        infrastructure.Full.Outputs.Select(output => output.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Vault_asks_for_roles_and_keeps_what_is_deleted()
    {
        var vault = infrastructure.Default.Resource("Microsoft.KeyVault/vaults").GetProperty("properties");

        Assert.True(vault.GetProperty("enableRbacAuthorization").GetBoolean());
        Assert.True(vault.GetProperty("enablePurgeProtection").GetBoolean());
        Assert.True(vault.GetProperty("enableSoftDelete").GetBoolean());
    }

    [Fact]
    public void Without_a_network_there_is_none()
    {
        Assert.DoesNotContain(infrastructure.Default.Types, type => type.StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.False(infrastructure.Default.Resource("Microsoft.Web/sites").GetProperty("properties").TryGetProperty("virtualNetworkSubnetId", out var subnet) && subnet.ValueKind is not JsonValueKind.Null);
    }

    [Fact]
    public void In_a_network_accounts_and_vault_are_reached_by_private_endpoints_only()
    {
        var endpoints = infrastructure.Full.Resources("Microsoft.Network/privateEndpoints")
            .Select(endpoint => endpoint.GetProperty("properties").GetProperty("privateLinkServiceConnections")[0].GetProperty("properties"))
            .Select(connection => (connection.GetProperty("privateLinkServiceId").GetString()!.Split('/')[^1][..^HashLength], connection.GetProperty("groupIds")[0].GetString()));
        var closed = infrastructure.Full.Resources("Microsoft.Storage/storageAccounts").Append(infrastructure.Full.Resource("Microsoft.KeyVault/vaults")).Select(resource => resource.GetProperty("properties"));

        Assert.Equal([("kv-jobs-", "vault"), ("stdata", "blob"), ("stdata", "table"), ("sthub", "blob"), ("sthub", "queue"), ("sthub", "table")], endpoints.Order());
        Assert.All(closed, resource =>
        {
            Assert.Equal("Disabled", resource.GetProperty("publicNetworkAccess").GetString());
            Assert.Equal("Deny", resource.GetProperty("networkAcls").GetProperty("defaultAction").GetString());
        });
        Assert.Contains("appSubnetId", infrastructure.Full.Resource("Microsoft.Web/sites").GetProperty("properties").GetProperty("virtualNetworkSubnetId").GetString());
    }

    [Fact]
    public void Subnets_are_parts_of_the_network_that_do_not_overlap()
    {
        var network = infrastructure.Full.Resource("Microsoft.Network/virtualNetworks").GetProperty("properties");

        Assert.Equal(
            ["10.60.0.0/25", "10.60.0.192/26"],
            network.GetProperty("subnets").EnumerateArray().Select(subnet => subnet.GetProperty("properties").GetProperty("addressPrefix").GetString()));
    }

    [Fact]
    public void App_runs_on_Flex_Consumption_with_the_net_that_it_is_built_for()
    {
        var framework = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("TargetFramework").Single().Value;
        var runtime = infrastructure.Default.Resource("Microsoft.Web/sites").GetProperty("properties").GetProperty("functionAppConfig").GetProperty("runtime");

        Assert.Equal("FC1", infrastructure.Default.Resource("Microsoft.Web/serverfarms").GetProperty("sku").GetProperty("name").GetString());
        Assert.Equal("dotnet-isolated", runtime.GetProperty("name").GetString());
        Assert.Equal(framework, $"net{runtime.GetProperty("version").GetString()}");
    }

    [Fact]
    public void Instances_are_always_ready_for_orchestrations_and_for_requests_where_that_is_asked_for()
    {
        Assert.Equal([("durable", 1)], AlwaysReady(infrastructure.Default));
        Assert.Equal([("durable", 1), ("http", 2)], AlwaysReady(infrastructure.Full));
    }

    [Fact]
    public void App_is_reached_by_https_and_deployed_to_without_a_password()
    {
        var app = infrastructure.Default.Resource("Microsoft.Web/sites").GetProperty("properties");

        Assert.True(app.GetProperty("httpsOnly").GetBoolean());
        Assert.True(app.GetProperty("functionsRuntimeAdminIsolationEnabled").GetBoolean());
        Assert.Equal("1.2", app.GetProperty("siteConfig").GetProperty("minTlsVersion").GetString());
        Assert.Equal(["ftp", "scm"], infrastructure.Default.Resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Select(policy => policy.GetProperty("name").GetString()!.Split('/')[1]).Order());
        Assert.All(Every("Microsoft.Web/sites/basicPublishingCredentialsPolicies"), policy => Assert.False(policy.GetProperty("allow").GetBoolean()));
        Assert.Equal("UserAssignedIdentity", app.GetProperty("functionAppConfig").GetProperty("deployment").GetProperty("storage").GetProperty("authentication").GetProperty("type").GetString());
    }

    private static (string, int)[] AlwaysReady(PredictedDeployment deployment) =>
        [.. deployment.Resource("Microsoft.Web/sites").GetProperty("properties").GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency").GetProperty("alwaysReady").EnumerateArray()
            .Select(group => (group.GetProperty("name").GetString()!, group.GetProperty("instanceCount").GetInt32()))];

    private static bool Named(JsonElement resource, string prefix) => resource.GetProperty("name").GetString()!.StartsWith(prefix, StringComparison.Ordinal);

    private static bool IsSecure(JsonProperty parameterOrOutput) =>
        parameterOrOutput.Value.TryGetProperty("type", out var type) && type.GetString()!.StartsWith("secure", StringComparison.OrdinalIgnoreCase);

    /// <summary>The outputs of a template and of all that are nested in it.</summary>
    private static IEnumerable<JsonProperty> OutputsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(OutputsOf),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.Name == "outputs" ? property.Value.EnumerateObject() : OutputsOf(property.Value)),
        _ => [],
    };

    /// <summary>The text of a template's resources but one, outputs and variables.</summary>
    private static string Without(JsonElement template, string symbol)
    {
        var resources = template.GetProperty("resources").EnumerateObject().ToList();
        Assert.Contains(resources, resource => resource.Name == symbol);
        return string.Concat(resources.Where(resource => resource.Name != symbol).Select(resource => resource.Value).Append(template.GetProperty("outputs")).Append(template.GetProperty("variables")).Select(part => part.GetRawText()));
    }

    private IEnumerable<JsonElement> Every(string type) =>
        new[] { infrastructure.Default, infrastructure.Full, infrastructure.InContainer }.SelectMany(deployment => deployment.Resources(type)).Select(resource => resource.GetProperty("properties"));

    // listKeys, listAccountSas and their like.
    [GeneratedRegex(@"\blist[A-Z]\w*\(|getSecret\(")]
    private static partial Regex KeyFunction();
}
