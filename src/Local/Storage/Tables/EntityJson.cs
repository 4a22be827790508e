using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Jobs.Local.Storage.Tables;

/// <summary>
/// An entity's own properties in the JSON of minimal metadata: a value whose type JSON does not show has an annotation before it,
/// <c>"size@odata.type":"Edm.Int64","size":"5"</c>. The database keeps this form, so that a point read copies it. Values are string, bool, int, long,
/// double, DateTimeOffset (UTC), Guid and byte[].
/// </summary>
internal static class EntityJson
{
    /// <summary>What is added to a property's name to annotate its type.</summary>
    public const string TypeSuffix = "@odata.type";

    /// <summary>How strings are escaped: only as JSON demands, because no browser parses this as HTML.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";
    private static readonly JsonWriterOptions Compact = new() { Encoder = Encoder };

    /// <summary>The properties as a JSON object.</summary>
    public static byte[] Write(Dictionary<string, object> properties)
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

    /// <summary>The properties of an object that <see cref="Write"/> made.</summary>
    public static Dictionary<string, object> Read(ReadOnlySpan<byte> json)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json);
        string? type = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name.EndsWith(TypeSuffix, StringComparison.Ordinal))
            {
                type = reader.GetString();
                continue;
            }

            properties[name] = Value(ref reader, type);
            type = null;
        }

        return properties;
    }

    /// <summary>The word of the entity data model for the type of a value.</summary>
    public static string TypeOf(object value) => value switch
    {
        string => "Edm.String",
        bool => "Edm.Boolean",
        int => "Edm.Int32",
        long => "Edm.Int64",
        double => "Edm.Double",
        DateTimeOffset => "Edm.DateTime",
        Guid => "Edm.Guid",
        byte[] => "Edm.Binary",
        _ => throw new InvalidOperationException($"Values of type {value.GetType()} are not stored."),
    };

    /// <summary>Writes a value without its annotation.</summary>
    public static void WriteValue(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                writer.WriteRawValue(FormatDouble(number));
                break;
            case double number:
                writer.WriteStringValue(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(FormatTime(time.UtcTicks));
                break;
            case Guid id:
                writer.WriteStringValue(id);
                break;
            case byte[] binary:
                writer.WriteBase64StringValue(binary);
                break;
        }
    }

    /// <summary>A time with all its digits, as entities show it.</summary>
    public static string FormatTime(long utcTicks) => new DateTime(utcTicks, DateTimeKind.Utc).ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Whether minimal metadata annotates a value: when its JSON would be taken for another type.</summary>
    public static bool IsAnnotated(object value) => value is long or DateTimeOffset or Guid or byte[] || (value is double number && !double.IsFinite(number));

    private static void WriteProperty(Utf8JsonWriter writer, string name, object value)
    {
        if (IsAnnotated(value))
            writer.WriteString(name + TypeSuffix, TypeOf(value));
        writer.WritePropertyName(name);
        WriteValue(writer, value);
    }

    /// <summary>A whole number keeps a fraction, so that it is not taken for an integer.</summary>
    private static string FormatDouble(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny(".E") ? text : text + ".0";
    }

    private static object Value(ref Utf8JsonReader reader, string? type) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number => reader.TryGetInt32(out var number) ? number : (object)reader.GetDouble(),
        _ => type switch
        {
            null => reader.GetString()!,
            "Edm.Int64" => long.Parse(reader.GetString()!, CultureInfo.InvariantCulture),
            "Edm.DateTime" => reader.GetDateTimeOffset(),
            "Edm.Guid" => reader.GetGuid(),
            "Edm.Binary" => reader.GetBytesFromBase64(),
            "Edm.Double" => double.Parse(reader.GetString()!, CultureInfo.InvariantCulture),
            _ => throw new InvalidDataException($"A stored property has the type {type}."),
        },
    };
}
