using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jobs.Eval.Judging;

/// <summary>
/// Gives a case's values the names that an agent's own schema has for them. A value goes to the property that is called by one of the value's names, else to
/// a required one of its type that is left, else to any that is left; a required property that no value went to gets its default.
/// </summary>
internal static class InputMapper
{
    /// <summary>The input for an agent with this schema.</summary>
    public static JsonObject Map(JsonObject values, JsonElement schema)
    {
        var properties = schema.TryGetProperty("properties", out var declared) && declared.ValueKind is JsonValueKind.Object
            ? declared.EnumerateObject().ToDictionary(property => property.Name, property => property.Value)
            : [];
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet() : [];
        var input = new JsonObject();
        var left = new List<KeyValuePair<string, JsonNode?>>();
        foreach (var value in values)
        {
            if (NamesOf(value.Key).Select(name => properties.Keys.FirstOrDefault(property => IsCalled(property, name) && !input.ContainsKey(property))).FirstOrDefault(name => name is not null) is { } property)
            {
                input[property] = Converted(value.Value, properties[property]);
            }
            else
            {
                left.Add(value);
            }
        }

        foreach (var (key, value) in left)
        {
            var free = properties.Where(property => !input.ContainsKey(property.Key)).OrderBy(property => !required.Contains(property.Key)).ToList();
            var property = free.FirstOrDefault(candidate => Takes(candidate.Value, value!)).Key ?? NamesOf(key)[0];
            input[property] = value!.DeepClone();
        }

        foreach (var name in required.Where(name => !input.ContainsKey(name) && properties.ContainsKey(name)))
        {
            if (DefaultOf(properties[name]) is { } value)
            {
                input[name] = value;
            }
        }

        return input;
    }

    private static string[] NamesOf(string key) => key.Split('|');

    private static bool IsCalled(string property, string name) => Plain(property) == Plain(name);

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private static bool Takes(JsonElement schema, JsonNode value) => TypesOf(schema) is not { Count: > 0 } types || types.Contains(TypeOf(value)) || (TypeOf(value) == "number" && types.Contains("integer"));

    /// <summary>A number is written out where the schema wants a text, because a generator may have chosen so.</summary>
    private static JsonNode? Converted(JsonNode? value, JsonElement schema) =>
        value is not null && TypeOf(value) == "number" && TypesOf(schema) is ["string"] ? JsonValue.Create(value.ToJsonString()) : value?.DeepClone();

    private static string TypeOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    private static IReadOnlyList<string> TypesOf(JsonElement schema) => schema.ValueKind is not JsonValueKind.Object || !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind is JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)]
        : [type.GetString()!];

    private static JsonNode? DefaultOf(JsonElement schema) =>
        schema.ValueKind is not JsonValueKind.Object ? null
        : schema.TryGetProperty("default", out var value) ? JsonSerializer.SerializeToNode(value)
        : schema.TryGetProperty("enum", out var choices) && choices.GetArrayLength() > 0 ? JsonSerializer.SerializeToNode(choices[0])
        : null;
}
