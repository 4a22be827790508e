using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Infrastructure.Tests.Bicep;

/// <summary>What the compiler's own evaluation (<c>bicep snapshot</c>) says that a deployment makes. What only Azure knows stands in it as an expression.</summary>
internal sealed partial class PredictedDeployment(string text)
{
    private readonly JsonElement _root = JsonDocument.Parse(text).RootElement;

    /// <summary>What could not be evaluated.</summary>
    public IEnumerable<string> Findings => _root.GetProperty("diagnostics").EnumerateArray().Select(found => found.GetRawText());

    /// <summary>All of it.</summary>
    public string Text => text;

    /// <summary>The outputs by their names.</summary>
    public IEnumerable<JsonProperty> Outputs => _root.GetProperty("outputs").EnumerateObject();

    /// <summary>The resources of a type.</summary>
    public IReadOnlyList<JsonElement> Resources(string type) =>
        [.. _root.GetProperty("predictedResources").EnumerateArray().Where(resource => resource.GetProperty("type").GetString() == type)];

    /// <summary>The only resource of a type.</summary>
    public JsonElement Resource(string type) => Assert.Single(Resources(type));

    /// <summary>The types of all resources.</summary>
    public IReadOnlySet<string> Types => _root.GetProperty("predictedResources").EnumerateArray().Select(resource => resource.GetProperty("type").GetString()!).ToHashSet();

    /// <summary>Who gives which role: the resource that a role is for, without the hash in its name, and the role's id.</summary>
    public IEnumerable<(string Scope, string RoleId)> Roles => Resources("Microsoft.Authorization/roleAssignments")
        .Select(role => (
            Hash().Replace(role.GetProperty("id").GetString()!.Split("/providers/")[^2], ""),
            role.GetProperty("properties").GetProperty("roleDefinitionId").GetString()!.Split('/')[^1]));

    // uniqueString gives 13 letters and digits.
    [GeneratedRegex("-?[a-z0-9]{13}$")]
    private static partial Regex Hash();
}
