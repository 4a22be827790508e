using System.Text.Encodings.Web;
using System.Text.Json;

namespace Jobs.Functions.Work;

/// <summary>How inputs, items, results and errors of work are written. Unknown fields of an input are ignored, as everywhere; a field that stands twice is refused.</summary>
internal static class WorkJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads what was written, which is never null.</summary>
    public static T Read<T>(JsonElement json) => json.Deserialize<T>(Options)!;
}
