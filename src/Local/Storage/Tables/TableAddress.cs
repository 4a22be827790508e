using System.Diagnostics.CodeAnalysis;
using System.Text;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>What follows the account in an address of the Table service.</summary>
/// <param name="Name">The table; or <c>Tables</c> for the list of tables, <c>$batch</c> for a transaction, nothing for the service itself.</param>
/// <param name="TableName">The table in parentheses behind <c>Tables</c>; null without.</param>
/// <param name="PartitionKey">The entity's partition; null without keys.</param>
/// <param name="RowKey">The entity's key; null without keys.</param>
internal sealed record TableAddress(string Name, string? TableName, string? PartitionKey, string? RowKey)
{
    /// <summary>The list of tables.</summary>
    public const string Tables = "Tables";

    /// <summary>A transaction.</summary>
    public const string Batch = "$batch";

    /// <summary>Whether the address is of one entity.</summary>
    [MemberNotNullWhen(true, nameof(PartitionKey), nameof(RowKey))]
    public bool IsEntity => PartitionKey is not null && RowKey is not null;

    /// <summary>Parses a resource: <c>Jobs</c>, <c>Jobs()</c>, <c>Jobs(PartitionKey='p',RowKey='r')</c>, <c>Tables('Jobs')</c>. Anything else is 400 InvalidInput.</summary>
    public static TableAddress Parse(string escapedResource)
    {
        var resource = escapedResource.Contains('%') ? Uri.UnescapeDataString(escapedResource) : escapedResource;
        var open = resource.IndexOf('(');
        if (open < 0)
            return new(resource, null, null, null);
        if (!resource.EndsWith(')'))
            throw Invalid();
        var name = resource[..open];
        var inside = resource.AsSpan(open + 1, resource.Length - open - 2);
        if (inside.IsEmpty)
            return new(name, null, null, null);
        if (name == Tables && inside[0] == '\'')
        {
            var table = Quoted(ref inside);
            return inside.IsEmpty ? new(name, table, null, null) : throw Invalid();
        }

        string? partitionKey = null, rowKey = null;
        while (true)
        {
            var equals = inside.IndexOf('=');
            if (equals < 0)
                throw Invalid();
            var key = inside[..equals];
            inside = inside[(equals + 1)..];
            if (key is EntityReader.PartitionKey && partitionKey is null)
                partitionKey = Quoted(ref inside);
            else if (key is EntityReader.RowKey && rowKey is null)
                rowKey = Quoted(ref inside);
            else
                throw Invalid();
            if (inside.IsEmpty)
                return partitionKey is not null && rowKey is not null ? new(name, null, partitionKey, rowKey) : throw Invalid();
            if (inside[0] != ',')
                throw Invalid();
            inside = inside[1..];
        }
    }

    /// <summary>Takes a quoted string from the beginning; two quotes inside are one.</summary>
    private static string Quoted(ref ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != '\'')
            throw Invalid();
        text = text[1..];
        StringBuilder? pieces = null;
        while (true)
        {
            var quote = text.IndexOf('\'');
            if (quote < 0)
                throw Invalid();
            var piece = text[..quote];
            text = text[(quote + 1)..];
            if (text.IsEmpty || text[0] != '\'')
                return pieces is null ? piece.ToString() : pieces.Append(piece).ToString();
            (pieces ??= new()).Append(piece).Append('\'');
            text = text[1..];
        }
    }

    private static StorageError Invalid() => StorageError.InvalidInput("The address is not one of a table or an entity.");
}
