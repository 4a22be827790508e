using System.Globalization;
using System.Text.Json;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>
/// Reads an entity as a client sends it: annotations before or after their properties, or none where JSON shows the type. Properties that are null are
/// dropped, and those that the service keeps itself are ignored.
/// </summary>
internal static class EntityReader
{
    /// <summary>The names that the service keeps for itself.</summary>
    public const string PartitionKey = "PartitionKey", RowKey = "RowKey", Timestamp = "Timestamp";

    private const string ControlPrefix = "odata.";

    // An entity is flat; deeper values are refused by name below.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    /// <summary>The keys that the body has, null where it has none, and the other properties. A body that is no entity is 400.</summary>
    public static (string? PartitionKey, string? RowKey, Dictionary<string, object> Properties) Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : throw StorageError.InvalidInput("An entity is a JSON object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string has half a surrogate pair.
            throw StorageError.InvalidInput("The request body is not valid JSON.");
        }
    }

    private static (string? PartitionKey, string? RowKey, Dictionary<string, object> Properties) Read(JsonElement entity)
    {
        Dictionary<string, string>? types = null;
        foreach (var property in entity.EnumerateObject())
        {
            if (property.Name.EndsWith(EntityJson.TypeSuffix, StringComparison.Ordinal))
            {
                types ??= new(StringComparer.Ordinal);
                if (property.Value.ValueKind != JsonValueKind.String || !types.TryAdd(property.Name[..^EntityJson.TypeSuffix.Length], property.Value.GetString()!))
                    throw StorageError.InvalidInput($"The annotation {property.Name} is no string, or is there twice.");
            }
        }

        string? partitionKey = null, rowKey = null;
        var properties = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var property in entity.EnumerateObject())
        {
            var name = property.Name;
            if (name == PartitionKey)
                partitionKey = Key(property);
            else if (name == RowKey)
                rowKey = Key(property);
            else if (name != Timestamp && property.Value.ValueKind != JsonValueKind.Null && !IsControl(name)
                && !properties.TryAdd(name, Value(property, types?.GetValueOrDefault(name))))
                throw TableErrors.BadRequest("DuplicatePropertiesSpecified", $"The property {name} is there twice.");
        }

        return (partitionKey, rowKey, properties);
    }

    private static bool IsControl(string name) =>
        name.StartsWith(ControlPrefix, StringComparison.Ordinal) || name.EndsWith(EntityJson.TypeSuffix, StringComparison.Ordinal);

    private static string? Key(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.String => property.Value.GetString(),
        JsonValueKind.Null => null,
        _ => throw StorageError.InvalidInput($"The {property.Name} is a string."),
    };

    private static object Value(JsonProperty property, string? type)
    {
        var value = property.Value;
        object? read = (type, value.ValueKind) switch
        {
            (null or "Edm.String", JsonValueKind.String) => value.GetString()!,
            (null or "Edm.Boolean", JsonValueKind.True) => true,
            (null or "Edm.Boolean", JsonValueKind.False) => false,
            // As the service's own reader does: what is no Int32 is a Double.
            (null, JsonValueKind.Number) => value.TryGetInt32(out var small) ? small : (object)value.GetDouble(),
            ("Edm.Int32", JsonValueKind.Number) => value.TryGetInt32(out var number) ? number : null,
            ("Edm.Double", JsonValueKind.Number) => value.GetDouble(),
            ("Edm.Int64", JsonValueKind.Number) => value.TryGetInt64(out var number) ? number : null,
            ("Edm.Int64", JsonValueKind.String) => long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            ("Edm.Double", JsonValueKind.String) => Double(value.GetString()!),
            ("Edm.DateTime", JsonValueKind.String) => ParseTime(value.GetString()!),
            ("Edm.Guid", JsonValueKind.String) => Guid.TryParse(value.GetString(), out var id) ? id : null,
            ("Edm.Binary", JsonValueKind.String) => value.TryGetBytesFromBase64(out var binary) ? binary : null,
            _ => null,
        };
        return read is double real && value.ValueKind == JsonValueKind.Number && !double.IsFinite(real)
            ? throw StorageError.InvalidInput($"The property {property.Name} is larger than a number can be.")
            : read ?? throw StorageError.InvalidInput($"The property {property.Name} is no valid {type ?? "value"}.");
    }

    /// <summary>A time in UTC; one that names no offset is taken as UTC. Null when it is no time.</summary>
    public static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static double? Double(string text) => text switch
    {
        "NaN" => double.NaN,
        "INF" or "Infinity" => double.PositiveInfinity,
        "-INF" or "-Infinity" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };
}
