using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Jobs.Local.Storage.Tables;

/// <summary>An entity as it was read from the database.</summary>
/// <param name="PartitionKey">Its partition.</param>
/// <param name="RowKey">Its key.</param>
/// <param name="Ticks">When it was changed last, which is its version.</param>
/// <param name="Json">Its own properties: <see cref="EntityJson"/>.</param>
internal readonly record struct StoredEntity(string PartitionKey, string RowKey, long Ticks, byte[] Json);

/// <summary>Writes the JSON of answers that hold entities.</summary>
internal sealed class EntityWriter(string serviceAddress, string table, MetadataLevel level, string[]? select)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>The answer to a point read.</summary>
    public void WriteOne(in StoredEntity entity)
    {
        Append("{"u8);
        if (level != MetadataLevel.None)
        {
            AppendMetadata("/@Element");
            Append(","u8);
        }

        AppendEntity(entity);
        Append("}"u8);
    }

    /// <summary>The answer to a query.</summary>
    public void WritePage(IReadOnlyList<StoredEntity> entities)
    {
        Append("{"u8);
        if (level != MetadataLevel.None)
        {
            AppendMetadata("");
            Append(","u8);
        }

        Append("\"value\":["u8);
        for (var i = 0; i < entities.Count; i++)
        {
            Append(i == 0 ? "{"u8 : ",{"u8);
            AppendEntity(entities[i]);
            Append("}"u8);
        }

        Append("]}"u8);
    }

    /// <summary>The address of an entity below the service's, with its keys escaped.</summary>
    public static string Address(string table, string partitionKey, string rowKey)
    {
        return $"{table}(PartitionKey='{Escape(partitionKey)}',RowKey='{Escape(rowKey)}')";

        static string Escape(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));
    }

    private void AppendEntity(in StoredEntity entity)
    {
        var first = true;
        if (level == MetadataLevel.Full)
        {
            var address = Address(table, entity.PartitionKey, entity.RowKey);
            AppendString("odata.type", $"{Protocol.EmulatorAccount.Name}.{table}", ref first);
            AppendString("odata.id", $"{serviceAddress}/{address}", ref first);
            AppendString("odata.editLink", address, ref first);
        }

        if (level != MetadataLevel.None)
            AppendString("odata.etag", TableETag.Of(entity.Ticks), ref first);
        if (IsSelected(EntityReader.PartitionKey))
            AppendString(EntityReader.PartitionKey, entity.PartitionKey, ref first);
        if (IsSelected(EntityReader.RowKey))
            AppendString(EntityReader.RowKey, entity.RowKey, ref first);
        if (IsSelected(EntityReader.Timestamp))
        {
            if (level == MetadataLevel.Full)
                AppendString(EntityReader.Timestamp + EntityJson.TypeSuffix, "Edm.DateTime", ref first);
            AppendString(EntityReader.Timestamp, EntityJson.FormatTime(entity.Ticks), ref first);
        }

        if (level == MetadataLevel.Minimal && select is null)
            AppendAsStored(entity.Json, first);
        else
            AppendChosen(entity.Json, first);
    }

    /// <summary>The stored form is the asked one: its bytes without the braces.</summary>
    private void AppendAsStored(ReadOnlySpan<byte> json, bool first)
    {
        if (json.Length <= 2)
            return;
        if (!first)
            Append(","u8);
        Append(json[1..^1]);
    }

    private void AppendChosen(ReadOnlySpan<byte> json, bool first)
    {
        foreach (var (name, value) in EntityJson.Read(json))
        {
            if (!IsSelected(name))
                continue;
            if (level == MetadataLevel.Full || (level == MetadataLevel.Minimal && EntityJson.IsAnnotated(value)))
                AppendString(name + EntityJson.TypeSuffix, EntityJson.TypeOf(value), ref first);
            AppendName(name, ref first);
            using var writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = EntityJson.Encoder });
            EntityJson.WriteValue(writer, value);
        }
    }

    private bool IsSelected(string name) => select is null || Array.IndexOf(select, name) >= 0;

    private void AppendMetadata(string suffix)
    {
        Append("\"odata.metadata\":\""u8);
        AppendText(serviceAddress);
        Append("/$metadata#"u8);
        AppendText(table);
        AppendText(suffix);
        Append("\""u8);
    }

    private void AppendString(string name, string value, ref bool first)
    {
        AppendName(name, ref first);
        Append("\""u8);
        Append(JsonEncodedText.Encode(value, EntityJson.Encoder).EncodedUtf8Bytes);
        Append("\""u8);
    }

    /// <summary>Names have only letters, digits, underscores, dots and the sign of an annotation: nothing to escape.</summary>
    private void AppendName(string name, ref bool first)
    {
        Append(first ? "\""u8 : ",\""u8);
        AppendText(name);
        Append("\":"u8);
        first = false;
    }

    private void AppendText(string text) => Encoding.UTF8.GetBytes(text, _buffer);

    private void Append(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);
}
