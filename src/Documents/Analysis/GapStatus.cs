using System.Text.Json.Serialization;

namespace Jobs.Documents.Analysis;

/// <summary>Whether a document covers a requirement.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GapStatus>))]
public enum GapStatus
{
    /// <summary>The document says nothing of it, or says that it is not so.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>The document says a part of it, or says it less firmly, or with other figures.</summary>
    [JsonStringEnumMemberName("partial")]
    Partial,

    /// <summary>The document says it.</summary>
    [JsonStringEnumMemberName("covered")]
    Covered,
}
