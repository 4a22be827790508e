#nullable disable

using System.Collections;

namespace Azure.Data.Tables;

/// <summary>An entity as a dictionary of property names and values. The keys, the timestamp and the ETag are entries of it too.</summary>
public sealed class TableEntity : ITableEntity, IDictionary<string, object>
{
    internal const string ETagName = "odata.etag";

    /// <summary>An entity without anything.</summary>
    public TableEntity()
    {
    }

    /// <summary>An entity with its keys.</summary>
    public TableEntity(string partitionKey, string rowKey)
    {
        PartitionKey = partitionKey;
        RowKey = rowKey;
    }

    /// <summary>A copy of a dictionary.</summary>
    public TableEntity(IDictionary<string, object> values)
    {
        if (values is not null)
            Properties = new(values);
    }

    /// <inheritdoc/>
    public string PartitionKey
    {
        get => GetString(nameof(PartitionKey));
        set => Properties[nameof(PartitionKey)] = value;
    }

    /// <inheritdoc/>
    public string RowKey
    {
        get => GetString(nameof(RowKey));
        set => Properties[nameof(RowKey)] = value;
    }

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp
    {
        get => GetDateTimeOffset(nameof(Timestamp));
        set => Properties[nameof(Timestamp)] = value;
    }

    /// <inheritdoc/>
    public ETag ETag
    {
        get => new(GetString(ETagName));
        set => Properties[ETagName] = value.ToString();
    }

    /// <inheritdoc/>
    public ICollection<string> Keys => Properties.Keys;

    /// <inheritdoc/>
    public int Count => Properties.Count;

    /// <summary>The entries themselves.</summary>
    internal Dictionary<string, object> Properties { get; private init; } = [];

    ICollection<object> IDictionary<string, object>.Values => Properties.Values;

    bool ICollection<KeyValuePair<string, object>>.IsReadOnly => false;

    /// <summary>A property; null when there is none. A value set over another must have its type, except that whole numbers widen.</summary>
    public object this[string key]
    {
        get => GetValue<object>(key);
        set => SetValue(key, value);
    }

    /// <summary>A string; null when there is none. Another type is an <see cref="InvalidOperationException"/>, as with every getter here.</summary>
    public string GetString(string key) => GetValue<string>(key);

    /// <summary>Bytes; null when there are none.</summary>
    public byte[] GetBinary(string key) => GetValue<byte[]>(key);

    /// <summary>A boolean; null when there is none.</summary>
    public bool? GetBoolean(string key) => GetValue<bool?>(key);

    /// <summary>A time; null when there is none.</summary>
    public DateTimeOffset? GetDateTimeOffset(string key) => GetValue<DateTimeOffset?>(key);

    /// <summary>A floating-point number; null when there is none.</summary>
    public double? GetDouble(string key) => GetValue<double?>(key);

    /// <summary>A GUID; null when there is none.</summary>
    public Guid? GetGuid(string key) => GetValue<Guid?>(key);

    /// <summary>A 32-bit number; null when there is none.</summary>
    public int? GetInt32(string key) => GetValue<int?>(key);

    /// <summary>A 64-bit number; null when there is none.</summary>
    public long? GetInt64(string key) => GetValue<long?>(key);

    /// <inheritdoc/>
    public void Add(string key, object value) => SetValue(key, value);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Properties.ContainsKey(key);

    /// <inheritdoc/>
    public bool Remove(string key) => Properties.Remove(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, out object value) => Properties.TryGetValue(key, out value);

    /// <inheritdoc/>
    public void Clear() => Properties.Clear();

    void ICollection<KeyValuePair<string, object>>.Add(KeyValuePair<string, object> item) => SetValue(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, object>>.Contains(KeyValuePair<string, object> item) => Properties.Contains(item);

    void ICollection<KeyValuePair<string, object>>.CopyTo(KeyValuePair<string, object>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, object>>)Properties).CopyTo(array, arrayIndex);

    bool ICollection<KeyValuePair<string, object>>.Remove(KeyValuePair<string, object> item) =>
        ((ICollection<KeyValuePair<string, object>>)Properties).Remove(item);

    IEnumerator<KeyValuePair<string, object>> IEnumerable<KeyValuePair<string, object>>.GetEnumerator() => Properties.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Properties.GetEnumerator();

    /// <summary>An entity over a dictionary that nobody else uses.</summary>
    internal static TableEntity Adopt(Dictionary<string, object> properties) => new() { Properties = properties };

    /// <summary>The ETag and the selected properties: what the service returns for a <c>$select</c>.</summary>
    internal TableEntity Only(IReadOnlyCollection<string> select) =>
        Adopt(Properties.Where(entry => entry.Key == ETagName || select.Contains(entry.Key)).ToDictionary());

    private T GetValue<T>(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return !Properties.TryGetValue(key, out var value) || value is null ? default
            : value is T typed ? typed
            : throw new InvalidOperationException($"Cannot return {typeof(T)} type for a {value.GetType()} typed property.");
    }

    private void SetValue(string key, object value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (value is not null && Properties.TryGetValue(key, out var existing) && existing is not null && !existing.GetType().IsInstanceOfType(value))
        {
            value = (existing, value) switch
            {
                (int, long or double) => value,
                (double, int number) => (double)number,
                (long, int number) => (long)number,
                _ => throw new InvalidOperationException($"A {value.GetType()} cannot replace the {existing.GetType()} of property {key}."),
            };
        }

        Properties[key] = value;
    }
}
