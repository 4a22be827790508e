using System.Text.Json;

namespace Jobs.Domain.Schemas;

/// <summary>What must hold for JSON before anybody looks into it, and how places in it are named.</summary>
internal static class JsonText
{
    /// <summary>
    /// The first place that is nested too deeply, is not valid Unicode text (which a parser lets pass), is a number that no program could hold, or stands twice. Null when there is
    /// none.
    /// </summary>
    public static SchemaViolation? FindFault(JsonElement json, int maxDepth) => FindFault(json, "", maxDepth);

    /// <summary>A name as a part of a JSON Pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static SchemaViolation? FindFault(JsonElement json, string path, int depthLeft)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return IsText(() => json.GetString()!) ? null : new SchemaViolation(path, "must be valid Unicode text");

            case JsonValueKind.Number:
                return double.IsFinite(json.GetDouble()) ? null : new SchemaViolation(path, "is out of the range of numbers");

            case JsonValueKind.Object or JsonValueKind.Array when depthLeft == 0:
                return new SchemaViolation(path, "is nested too deeply");

            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in json.EnumerateArray())
                {
                    if (FindFault(item, $"{path}/{index++}", depthLeft - 1) is { } fault)
                    {
                        return fault;
                    }
                }

                return null;

            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (var property in json.EnumerateObject())
                {
                    if (!IsText(() => property.Name))
                    {
                        return new SchemaViolation(path, "has a property whose name is not valid Unicode text");
                    }

                    var at = $"{path}/{Escape(property.Name)}";
                    if (!names.Add(property.Name))
                    {
                        return new SchemaViolation(at, "stands twice");
                    }

                    if (FindFault(property.Value, at, depthLeft - 1) is { } fault)
                    {
                        return fault;
                    }
                }

                return null;

            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined:
                return null;

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool IsText(Func<string> read)
    {
        try
        {
            _ = read();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
