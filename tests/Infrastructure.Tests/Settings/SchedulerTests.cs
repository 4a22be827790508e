using System.Text.Json.Nodes;

namespace Jobs.Infrastructure.Tests.Settings;

/// <summary>The variant of host.json for the Durable Task Scheduler.</summary>
public sealed class SchedulerTests
{
    [Fact]
    public void Variant_differs_from_the_hosts_settings_in_the_storage_provider_alone()
    {
        var ours = Read("host.json");
        var variant = Read("infra/scheduler/host.json");

        Assert.Equal("azureManaged", (string?)Durable(variant)["storageProvider"]!["type"]);
        Durable(ours).Remove("storageProvider");
        Durable(variant).Remove("storageProvider");
        Assert.True(JsonNode.DeepEquals(ours, variant));
    }

    private static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, path)))!.AsObject();

    private static JsonObject Durable(JsonObject hostJson) => hostJson["extensions"]!["durableTask"]!.AsObject();
}
