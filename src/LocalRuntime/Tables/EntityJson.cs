using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Data.Tables;

namespace Jobs.LocalRuntime.Tables;

/// <summary>
/// An entity's properties as the service's JSON: a value whose type JSON does not show has an annotation, <c>"size@odata.type":"Edm.Int64","size":"5"</c>.
/// The local database keeps the same form. Property types are string, bool, int, long, double, DateTimeOffset (UTC), Guid and byte[].
/// </summary>
internal static class EntityJson
{
    private const string TypeSuffix = "@odata.type";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A value in one of the types that are stored. Throws <see cref="NotSupportedException"/> for another.</summary>
    public static object Normalize(string name, object value) => value switch
    {
        string or bool or int or long or double or Guid or byte[] => value,
        DateTimeOffset time => time.ToUniversalTime(),
        DateTime time => new DateTimeOffset(time.ToUniversalTime()),
        BinaryData binary => binary.ToArray(),
        _ => throw new NotSupportedException($"Property {name}: the local runtime does not store values of type {value.GetType()}."),
    };

    /// <summary>The properties as a JSON object.</summary>
    public static byte[] Write(IEnumerable<KeyValuePair<string, object>> properties)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, Compact);
        writer.WriteStartObject();
        foreach (var (name, value) in properties)
            WriteProperty(writer, name, value);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Adds the properties of a JSON object to a dictionary; of those in <paramref name="select"/> if it is given.</summary>
    public static void Read(JsonElement json, Dictionary<string, object> properties, IReadOnlyCollection<string>? select = null)
    {
        // An annotation may stand before or after its property.
        Dictionary<string, string>? types = null;
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name.EndsWith(TypeSuffix, StringComparison.Ordinal))
                (types ??= new(StringComparer.Ordinal))[property.Name[..^TypeSuffix.Length]] = property.Value.GetString()!;
        }

        foreach (var property in json.EnumerateObject())
        {
            var name = property.Name;
            if (property.Value.ValueKind == JsonValueKind.Null || name.EndsWith(TypeSuffix, StringComparison.Ordinal))
                continue;
            if (name.StartsWith("odata.", StringComparison.Ordinal) && name != TableEntity.ETagName)
                continue;
            if (select is not null && !select.Contains(name))
                continue;

            // The service does not annotate the one property whose type everybody knows.
            var type = types?.GetValueOrDefault(name) ?? (name == nameof(ITableEntity.Timestamp) ? "Edm.DateTime" : null);
            properties[name] = Value(property.Value, type, name);
        }
    }

    private static void WriteProperty(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteString(name, text);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case long number:
                writer.WriteString(name + TypeSuffix, "Edm.Int64");
                writer.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                writer.WriteString(name + TypeSuffix, "Edm.Double");
                if (double.IsFinite(number))
                    writer.WriteNumber(name, number);
                else
                    writer.WriteString(name, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
            case DateTimeOffset time:
                writer.WriteString(name + TypeSuffix, "Edm.DateTime");
                writer.WriteString(name, FormatTime(time));
                break;
            case Guid id:
                writer.WriteString(name + TypeSuffix, "Edm.Guid");
                writer.WriteString(name, id);
                break;
            case byte[] binary:
                writer.WriteString(name + TypeSuffix, "Edm.Binary");
                writer.WriteBase64String(name, binary);
                break;
            default:
                throw new NotSupportedException($"Property {name}: values of type {value.GetType()} are not stored.");
        }
    }

    /// <summary>A time with all its digits, as entities and ETags show it.</summary>
    public static string FormatTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static object Value(JsonElement value, string? type, string name) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => type == "Edm.Double" || !value.TryGetInt32(out var number) ? value.GetDouble() : (object)number,
        JsonValueKind.String => type switch
        {
            null or "Edm.String" => value.GetString()!,
            "Edm.Int64" => long.Parse(value.GetString()!, CultureInfo.InvariantCulture),
            "Edm.Double" => double.Parse(value.GetString()!, CultureInfo.InvariantCulture),
            "Edm.DateTime" => value.GetDateTimeOffset(),
            "Edm.Guid" => value.GetGuid(),
            "Edm.Binary" => value.GetBytesFromBase64(),
            _ => throw new NotSupportedException($"Property {name} has the type {type}."),
        },
        _ => throw new FormatException($"Property {name} is not a value."),
    };
}
