using System.Globalization;

namespace Jobs.Local.Storage.Tables;

/// <summary>
/// A filter of the Table service: comparisons (<c>eq ne gt ge lt le</c>) of a property with a literal, <c>and or not</c>, parentheses, a boolean property on
/// its own. Strings compare by code point (<see cref="KeyOrder"/>), numbers by value. A comparison with a property that is missing or of another type is false.
/// </summary>
internal sealed class ODataFilter
{
    private readonly Node? _root;

    private ODataFilter(Node? root)
    {
        _root = root;
        (PartitionKeys, RowKeys) = (KeyRange.All, KeyRange.All);
        if (root is not null)
            Narrow(root);
    }

    /// <summary>The partition keys outside of which nothing matches.</summary>
    public KeyRange PartitionKeys { get; private set; }

    /// <summary>The row keys outside of which nothing matches.</summary>
    public KeyRange RowKeys { get; private set; }

    /// <summary>Parses. A filter that is not valid is 400 InvalidInput; null or blank matches everything.</summary>
    public static ODataFilter Parse(string? filter) => new(string.IsNullOrWhiteSpace(filter) ? null : new ODataFilterParser(filter).Parse());

    /// <summary>Whether an entity matches.</summary>
    public bool Matches(in StoredEntity entity) => _root is null || _root.Matches(new Row(entity));

    /// <summary>Whether a table of that name matches a filter of the list of tables.</summary>
    public bool MatchesTable(string name) => _root is null || _root.Matches(new Row(name));

    private void Narrow(Node node)
    {
        switch (node)
        {
            case And and:
                Narrow(and.Left);
                Narrow(and.Right);
                break;
            case Comparison { Literal: string bound } comparison when comparison.Property is EntityReader.PartitionKey or EntityReader.RowKey:
                var isPartition = comparison.Property == EntityReader.PartitionKey;
                var range = isPartition ? PartitionKeys : RowKeys;
                range = comparison.Operator switch
                {
                    FilterOperator.Equal => range.From(bound, inclusive: true).To(bound, inclusive: true),
                    FilterOperator.Greater => range.From(bound, inclusive: false),
                    FilterOperator.GreaterOrEqual => range.From(bound, inclusive: true),
                    FilterOperator.Less => range.To(bound, inclusive: false),
                    FilterOperator.LessOrEqual => range.To(bound, inclusive: true),
                    FilterOperator.NotEqual => range,
                };
                (PartitionKeys, RowKeys) = isPartition ? (range, RowKeys) : (PartitionKeys, range);
                break;
        }
    }

    /// <summary>The values that a filter asks for. An entity's own properties are parsed when the first of them is.</summary>
    internal sealed class Row
    {
        private readonly StoredEntity _entity;
        private readonly string? _tableName;
        private Dictionary<string, object>? _properties;

        public Row(in StoredEntity entity) => _entity = entity;

        public Row(string tableName) => _tableName = tableName;

        public object? this[string property]
        {
            get
            {
                if (_tableName is not null)
                    return property == "TableName" ? _tableName : null;
                return property switch
                {
                    EntityReader.PartitionKey => _entity.PartitionKey,
                    EntityReader.RowKey => _entity.RowKey,
                    EntityReader.Timestamp => new DateTimeOffset(_entity.Ticks, TimeSpan.Zero),
                    _ => (_properties ??= EntityJson.Read(_entity.Json)).GetValueOrDefault(property),
                };
            }
        }
    }

    internal abstract record Node
    {
        public abstract bool Matches(Row row);
    }

    internal sealed record And(Node Left, Node Right) : Node
    {
        public override bool Matches(Row row) => Left.Matches(row) && Right.Matches(row);
    }

    internal sealed record Or(Node Left, Node Right) : Node
    {
        public override bool Matches(Row row) => Left.Matches(row) || Right.Matches(row);
    }

    internal sealed record Not(Node Operand) : Node
    {
        public override bool Matches(Row row) => !Operand.Matches(row);
    }

    internal sealed record Constant(bool Value) : Node
    {
        public override bool Matches(Row row) => Value;
    }

    internal sealed record Comparison(string Property, FilterOperator Operator, object Literal) : Node
    {
        public override bool Matches(Row row) => row[Property] is { } value && Order(value, Literal) is { } order && Operator switch
        {
            FilterOperator.Equal => order == 0,
            FilterOperator.NotEqual => order != 0,
            FilterOperator.Greater => order > 0,
            FilterOperator.GreaterOrEqual => order >= 0,
            FilterOperator.Less => order < 0,
            FilterOperator.LessOrEqual => order <= 0,
        };

        private static int? Order(object value, object literal) => (value, literal) switch
        {
            (string left, string right) => KeyOrder.Compare(left, right),
            (bool left, bool right) => left.CompareTo(right),
            (int or long, int or long) => Convert.ToInt64(value, CultureInfo.InvariantCulture).CompareTo(Convert.ToInt64(literal, CultureInfo.InvariantCulture)),
            (int or long or double, int or long or double) =>
                Convert.ToDouble(value, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(literal, CultureInfo.InvariantCulture)),
            (DateTimeOffset left, DateTimeOffset right) => left.CompareTo(right),
            (Guid left, Guid right) => left.CompareTo(right),
            (byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right),
            _ => null,
        };
    }
}

/// <summary>How a property is compared with a literal.</summary>
internal enum FilterOperator
{
    /// <summary><c>eq</c></summary>
    Equal,

    /// <summary><c>ne</c></summary>
    NotEqual,

    /// <summary><c>gt</c></summary>
    Greater,

    /// <summary><c>ge</c></summary>
    GreaterOrEqual,

    /// <summary><c>lt</c></summary>
    Less,

    /// <summary><c>le</c></summary>
    LessOrEqual,
}
