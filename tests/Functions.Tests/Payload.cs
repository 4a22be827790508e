using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Jobs.Functions.Tests;

/// <summary>
/// Compares an answer with a documented payload in the folder Payloads. The file holds the contract's JSON; a string of the form <c>{{regex}}</c> stands for any
/// string that matches. Fields, their order and their types must be the same: nothing missing, nothing more.
/// </summary>
internal static class Payload
{
    public static void AssertMatches(string file, JsonElement actual)
    {
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Payloads", file)));
        AssertMatches(expected, JsonNode.Parse(actual.GetRawText()), file);
    }

    private static void AssertMatches(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject members:
                var found = Assert.IsType<JsonObject>(actual);
                Assert.Equal(members.Select(m => m.Key), found.Select(m => m.Key));
                foreach (var (name, value) in members)
                {
                    AssertMatches(value, found[name], $"{path}/{name}");
                }

                break;

            case JsonArray items:
                var list = Assert.IsType<JsonArray>(actual);
                Assert.Equal(items.Count, list.Count);
                for (var i = 0; i < items.Count; i++)
                {
                    AssertMatches(items[i], list[i], $"{path}/{i}");
                }

                break;

            case JsonValue value when value.TryGetValue<string>(out var text) && text.StartsWith("{{", StringComparison.Ordinal):
                Assert.True(
                    actual is JsonValue other && other.TryGetValue<string>(out var got) && Regex.IsMatch(got, $"^(?:{text[2..^2]})$"),
                    $"{path}: {actual?.ToJsonString() ?? "null"} does not match {text}");
                break;

            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{path}: expected {expected?.ToJsonString() ?? "null"}, got {actual?.ToJsonString() ?? "null"}");
                break;
        }
    }
}
