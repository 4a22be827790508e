using System.Text;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;

namespace Jobs.LocalRuntime.Tables;

/// <summary>
/// The limits of Azure Table Storage, checked before anything is sent, because emulators accept more than the service does. Each refusal has the
/// status and the error code that the service gives.
/// </summary>
internal static partial class TableLimits
{
    /// <summary>The most bytes of an entity as <see cref="EntitySize"/> counts them: 1 MiB.</summary>
    public const int MaxEntityBytes = 1024 * 1024;

    /// <summary>The most characters (UTF-16 code units) of a string: 64 KiB.</summary>
    public const int MaxStringLength = 32 * 1024;

    /// <summary>The most bytes of a binary property: 64 KiB.</summary>
    public const int MaxBinaryLength = 64 * 1024;

    /// <summary>The most properties of an entity beside the keys and the timestamp.</summary>
    public const int MaxProperties = 252;

    /// <summary>The most characters of a property name.</summary>
    public const int MaxPropertyNameLength = 255;

    /// <summary>The most characters (UTF-16 code units) of a key: 1 KiB.</summary>
    public const int MaxKeyLength = 512;

    /// <summary>The most actions of a transaction.</summary>
    public const int MaxActions = 100;

    /// <summary>The most bytes of a transaction's request: 4 MiB.</summary>
    public const int MaxTransactionBytes = 4 * 1024 * 1024;

    /// <summary>The most entities of a page, and the default.</summary>
    public const int MaxPage = 1000;

    /// <summary>The earliest time that can be stored.</summary>
    public static readonly DateTimeOffset MinTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Refuses names that are not 3 to 63 ASCII letters and digits with a letter first.</summary>
    public static void CheckTableName(string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        if (!TableName().IsMatch(table))
            throw TableErrors.BadRequest("InvalidResourceName", $"The table name '{table}' is not 3 to 63 letters and digits with a letter first.");
    }

    /// <summary>Refuses keys that are too long, or have a slash, a backslash, a number sign, a question mark, a control character or half a surrogate pair.</summary>
    public static void CheckKeys(string partitionKey, string rowKey)
    {
        CheckKey(nameof(ITableEntity.PartitionKey), partitionKey);
        CheckKey(nameof(ITableEntity.RowKey), rowKey);
    }

    /// <summary>Refuses entities with too many properties, a property or a name that is too large or not allowed, or too many bytes in all.</summary>
    public static void CheckEntity(string partitionKey, string rowKey, Dictionary<string, object> properties)
    {
        if (properties.Count > MaxProperties)
            throw TableErrors.BadRequest("TooManyProperties", $"The entity has {properties.Count} properties; {MaxProperties} are allowed.");
        foreach (var (name, value) in properties)
        {
            if (name.Length > MaxPropertyNameLength)
                throw TableErrors.BadRequest("PropertyNameTooLong", $"The property name {name[..20]}… is longer than {MaxPropertyNameLength} characters.");
            if (!PropertyName().IsMatch(name))
                throw TableErrors.BadRequest("PropertyNameInvalid", $"The property name {name} is not an identifier.");
            if (value is string { Length: > MaxStringLength } or byte[] { Length: > MaxBinaryLength })
                throw TableErrors.BadRequest("PropertyValueTooLarge", $"The property {name} is larger than 64 KiB.");
            if (value is DateTimeOffset time && time < MinTime)
                throw TableErrors.BadRequest("OutOfRangeInput", $"The property {name} is before {MinTime:yyyy-MM-dd}.");
        }

        if (EntitySize(partitionKey, rowKey, properties) > MaxEntityBytes)
            throw TableErrors.BadRequest("EntityTooLarge", "The entity is larger than 1 MiB.");
    }

    /// <summary>Refuses a transaction of no or too many actions, over several partitions, with one entity twice, or too large as a request.</summary>
    public static void CheckTransaction(IReadOnlyList<TableWrite> writes)
    {
        if (writes.Count == 0)
            throw new InvalidOperationException("A transaction needs at least one action.");
        if (writes.Count > MaxActions)
            throw At(MaxActions, "InvalidInput", $"A transaction has at most {MaxActions} actions.");
        var rows = new HashSet<string>(StringComparer.Ordinal);
        long size = 0;
        for (var i = 0; i < writes.Count; i++)
        {
            if (writes[i].PartitionKey != writes[0].PartitionKey)
                throw At(i, "CommandsInBatchActOnDifferentPartitions", "All actions of a transaction are for one partition.");
            if (!rows.Add(writes[i].RowKey))
                throw At(i, "InvalidDuplicateRow", "An entity occurs once in a transaction.");
            size += EntitySize(writes[i].PartitionKey, writes[i].RowKey, writes[i].Properties);
        }

        // Only a transaction that could be too large is written out to be measured.
        if (size > MaxTransactionBytes / 8 && writes.Sum(RequestBytes) > MaxTransactionBytes)
            throw new RequestFailedException(413, "The transaction is larger than 4 MiB.", "RequestBodyTooLarge", null);

        static TableTransactionFailedException At(int index, string code, string message) =>
            TableTransactionFailedException.At(index, TableErrors.BadRequest(code, message));
    }

    /// <summary>The bytes of an entity as the service documents them: two a character, a few for each property.</summary>
    internal static long EntitySize(string partitionKey, string rowKey, Dictionary<string, object> properties)
    {
        var bytes = 4L + ((partitionKey.Length + rowKey.Length) * 2);
        foreach (var (name, value) in properties)
        {
            bytes += 8 + (name.Length * 2) + value switch
            {
                string text => (text.Length * 2) + 4,
                byte[] binary => binary.Length + 4,
                bool => 1,
                int => 4,
                Guid => 16,
                _ => 8,
            };
        }

        return bytes;
    }

    /// <summary>What the headers and boundaries of one action add to the request, as far as they do not depend on the entity; rounded up.</summary>
    private const int ActionOverhead = 600;

    private static long RequestBytes(TableWrite write) =>
        ActionOverhead + Encoding.UTF8.GetByteCount(write.PartitionKey) + Encoding.UTF8.GetByteCount(write.RowKey) + EntityJson.Write(write.Properties).Length;

    private static void CheckKey(string name, string key)
    {
        if (key.Length > MaxKeyLength)
            throw TableErrors.BadRequest("OutOfRangeInput", $"The {name} is longer than {MaxKeyLength} characters.");
        for (var i = 0; i < key.Length; i++)
        {
            var c = key[i];
            if (c is '/' or '\\' or '#' or '?' || char.IsControl(c))
                throw TableErrors.BadRequest("OutOfRangeInput", $"The {name} has a character that keys must not have: U+{(int)c:X4}.");
            if (char.IsSurrogate(c) && !(char.IsHighSurrogate(c) && i + 1 < key.Length && char.IsLowSurrogate(key[++i])))
                throw TableErrors.BadRequest("OutOfRangeInput", $"The {name} has half a surrogate pair.");
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,62}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex TableName();

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PropertyName();
}
