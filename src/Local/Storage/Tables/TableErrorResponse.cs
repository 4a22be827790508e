using System.Globalization;
using System.Text.Json;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>A refusal as the Table service writes it: <c>{"odata.error":{"code":…,"message":{"lang":"en-US","value":…}}}</c>.</summary>
internal static class TableErrorResponse
{
    /// <summary>The answer.</summary>
    public static StorageResponse Of(StorageError refusal)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = EntityJson.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("odata.error");
            writer.WriteString("code", refusal.Code);
            writer.WriteStartObject("message");
            writer.WriteString("lang", "en-US");
            writer.WriteString("value", string.Create(CultureInfo.InvariantCulture, $"{refusal.Message}\nTime:{DateTime.UtcNow:O}"));
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new StorageResponse(refusal.Status).With("x-ms-error-code", refusal.Code).WithBody(buffer.ToArray(), MetadataLevel.Minimal.ContentType());
    }
}
