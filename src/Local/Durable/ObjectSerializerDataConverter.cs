using System.Text;
using Azure.Core.Serialization;
using Microsoft.DurableTask;

namespace Jobs.Local.Durable;

/// <summary>
/// How inputs, outputs and payloads cross, on the serializer that the Functions worker is configured with: what the
/// Durable extension of the worker does, whose own converter is not public.
/// </summary>
internal sealed class ObjectSerializerDataConverter(ObjectSerializer serializer) : DataConverter
{
    public override object? Deserialize(string? data, Type targetType)
    {
        if (data is null)
            return null;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(data), writable: false);
        return serializer.Deserialize(stream, targetType, CancellationToken.None);
    }

    public override string? Serialize(object? value) =>
        value is null ? null : serializer.Serialize(value, value.GetType(), CancellationToken.None).ToString();
}
