using System.Text.Json.Serialization;

namespace Jobs.Functions.Generation;

/// <summary>Which appearance a widget has.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WidgetTheme>))]
public enum WidgetTheme
{
    /// <summary>Follows the visitor's system.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Always light.</summary>
    [JsonStringEnumMemberName("light")]
    Light,

    /// <summary>Always dark.</summary>
    [JsonStringEnumMemberName("dark")]
    Dark,
}
