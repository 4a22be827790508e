using System.Text.Json.Nodes;

namespace Jobs.Testing;

/// <summary>A request that a <see cref="ScriptedServer"/> got.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with its query.</param>
/// <param name="Headers">Headers by name in lower case.</param>
/// <param name="Body">The body, which is JSON.</param>
internal sealed record RecordedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, JsonNode Body)
{
    /// <summary>Whether a streamed answer is asked for.</summary>
    public bool IsStreaming => Body["stream"]?.GetValue<bool>() == true;

    /// <summary>The shape that is pinned: what an endpoint acts on, without versions and the like.</summary>
    public string ToWire()
    {
        string[] pinned = ["authorization", "x-api-key", "api-key", "anthropic-version", "content-type", "accept"];
        var wire = new JsonObject
        {
            ["method"] = Method,
            ["path"] = Path,
            ["headers"] = new JsonObject(pinned.Where(Headers.ContainsKey).Select(name => KeyValuePair.Create(name, (JsonNode?)Headers[name]))),
            ["body"] = Body.DeepClone(),
        };
        return wire.ToJsonString(new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }
}
