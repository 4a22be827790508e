using System.Text.Json.Nodes;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Writes the JSON Schemas of <c>agent.json</c>.</summary>
internal static class Schema
{
    public static JsonObject Text(string description) => Of("string", description);

    public static JsonObject Number(string description) => Of("number", description);

    public static JsonObject Integer(string description, int? minimum = null, int? maximum = null)
    {
        var schema = Of("integer", description);
        if (minimum is { } least)
        {
            schema["minimum"] = least;
        }

        if (maximum is { } most)
        {
            schema["maximum"] = most;
        }

        return schema;
    }

    public static JsonObject Boolean(string description) => Of("boolean", description);

    public static JsonObject Any(string description) => new() { ["description"] = description };

    public static JsonObject List(JsonObject items, string description, int? minItems = null)
    {
        var schema = Of("array", description);
        schema["items"] = items;
        if (minItems is { } least)
        {
            schema["minItems"] = least;
        }

        return schema;
    }

    /// <summary>An object with these properties; those whose names end in '?' may be missing.</summary>
    public static JsonObject Object(params (string Name, JsonObject Schema)[] properties) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Name.TrimEnd('?'), (JsonNode?)property.Schema))),
        ["required"] = new JsonArray([.. properties.Where(property => !property.Name.EndsWith('?')).Select(property => (JsonNode)property.Name)]),
    };

    private static JsonObject Of(string type, string description) => new() { ["type"] = type, ["description"] = description };
}
