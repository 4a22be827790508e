using System.Buffers;
using System.Globalization;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>
/// The limits of Azure Table Storage, which its client libraries do not check. Each refusal has the status and the error code that the service gives.
/// </summary>
internal static class TableLimits
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

    /// <summary>A page ends with the entity that takes it past so many bytes, however few it has.</summary>
    public const int MaxPageBytes = 4 * 1024 * 1024;

    /// <summary>The earliest time that can be stored.</summary>
    public static readonly DateTimeOffset MinTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The name that the service keeps for the list of tables.</summary>
    private const string ReservedTableName = "tables";

    private static readonly SearchValues<char> TableNameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Refuses names that are not 3 to 63 ASCII letters and digits with a letter first.</summary>
    public static void CheckTableName(string table)
    {
        if (table.Length is < 3 or > 63)
            throw new StorageError(400, "OutOfRangeInput", "The specified resource name length is not within the permissible limits.");
        if (!char.IsAsciiLetter(table[0]) || table.AsSpan().ContainsAnyExcept(TableNameCharacters) || table.Equals(ReservedTableName, StringComparison.OrdinalIgnoreCase))
            throw TableErrors.BadRequest("InvalidResourceName", "The specified resource name contains invalid characters.");
    }

    /// <summary>Refuses keys that are too long, or have a slash, a backslash, a number sign, a question mark, a control character or half a surrogate pair.</summary>
    public static void CheckKeys(string partitionKey, string rowKey)
    {
        CheckKey(EntityReader.PartitionKey, partitionKey);
        CheckKey(EntityReader.RowKey, rowKey);
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
            if (!IsIdentifier(name))
                throw TableErrors.BadRequest("PropertyNameInvalid", $"The property name {name} is not an identifier.");
            if (value is string { Length: > MaxStringLength } or byte[] { Length: > MaxBinaryLength })
                throw TableErrors.BadRequest("PropertyValueTooLarge", $"The property {name} is larger than 64 KiB.");
            if (value is DateTimeOffset time && time < MinTime)
                throw TableErrors.BadRequest("OutOfRangeInput", $"The property {name} is before {MinTime:yyyy-MM-dd}.");
        }

        if (EntitySize(partitionKey, rowKey, properties) > MaxEntityBytes)
            throw TableErrors.BadRequest("EntityTooLarge", "The entity is larger than 1 MiB.");
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

    private static void CheckKey(string name, string key)
    {
        if (key.Length > MaxKeyLength)
            throw TableErrors.BadRequest("KeyValueTooLarge", $"The {name} is longer than {MaxKeyLength} characters.");
        for (var i = 0; i < key.Length; i++)
        {
            var c = key[i];
            if (c is '/' or '\\' or '#' or '?' || char.IsControl(c))
                throw TableErrors.BadRequest("OutOfRangeInput", $"The {name} has a character that keys must not have: U+{(int)c:X4}.");
            if (char.IsSurrogate(c) && !(char.IsHighSurrogate(c) && i + 1 < key.Length && char.IsLowSurrogate(key[++i])))
                throw TableErrors.BadRequest("OutOfRangeInput", $"The {name} has half a surrogate pair.");
        }
    }

    /// <summary>Whether a property's name is an identifier as C# knows it.</summary>
    private static bool IsIdentifier(string name)
    {
        if (name.Length == 0 || (!char.IsLetter(name[0]) && name[0] != '_'))
            return false;
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) && char.GetUnicodeCategory(c) is not
                (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation))
                return false;
        }

        return true;
    }
}
