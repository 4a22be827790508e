using System.Globalization;
using System.Text;

namespace Jobs.LocalRuntime.Tables;

/// <summary>
/// A filter of the Table service: comparisons (<c>eq ne gt ge lt le</c>) of a property with a literal, <c>and or not</c>, parentheses, a boolean property on
/// its own. Strings compare by code point (<see cref="KeyOrder"/>), numbers by value. A comparison with a property that is missing or of another type is false.
/// </summary>
internal sealed class ODataFilter
{
    /// <summary>The deepest nesting of parentheses and nots; deeper filters are refused rather than risk the stack.</summary>
    public const int MaxDepth = 100;

    private readonly Func<IReadOnlyDictionary<string, object>, bool>? _predicate;

    private ODataFilter(Node? root)
    {
        _predicate = root is null ? null : root.Matches;
        (PartitionKeys, RowKeys) = (KeyRange.All, KeyRange.All);
        if (root is not null)
            Narrow(root);
    }

    /// <summary>The partition keys outside of which nothing matches.</summary>
    public KeyRange PartitionKeys { get; private set; }

    /// <summary>The row keys outside of which nothing matches.</summary>
    public KeyRange RowKeys { get; private set; }

    /// <summary>Parses. A filter that is not valid is 400 InvalidInput; null or blank matches everything.</summary>
    public static ODataFilter Parse(string? filter) => new(string.IsNullOrWhiteSpace(filter) ? null : new Parser(filter).Parse());

    /// <summary>Whether an entity, keys and timestamp included, matches.</summary>
    public bool Matches(IReadOnlyDictionary<string, object> entity) => _predicate is null || _predicate(entity);

    private void Narrow(Node node)
    {
        switch (node)
        {
            case And and:
                Narrow(and.Left);
                Narrow(and.Right);
                break;
            case Comparison { Literal: string bound } comparison when comparison.Property is "PartitionKey" or "RowKey":
                var range = comparison.Property == "PartitionKey" ? PartitionKeys : RowKeys;
                range = comparison.Operator switch
                {
                    "eq" => range.From(bound, inclusive: true).To(bound, inclusive: true),
                    "gt" => range.From(bound, inclusive: false),
                    "ge" => range.From(bound, inclusive: true),
                    "lt" => range.To(bound, inclusive: false),
                    "le" => range.To(bound, inclusive: true),
                    _ => range,
                };
                (PartitionKeys, RowKeys) = comparison.Property == "PartitionKey" ? (range, RowKeys) : (PartitionKeys, range);
                break;
        }
    }

    private abstract record Node
    {
        public abstract bool Matches(IReadOnlyDictionary<string, object> entity);
    }

    private sealed record And(Node Left, Node Right) : Node
    {
        public override bool Matches(IReadOnlyDictionary<string, object> entity) => Left.Matches(entity) && Right.Matches(entity);
    }

    private sealed record Or(Node Left, Node Right) : Node
    {
        public override bool Matches(IReadOnlyDictionary<string, object> entity) => Left.Matches(entity) || Right.Matches(entity);
    }

    private sealed record Not(Node Operand) : Node
    {
        public override bool Matches(IReadOnlyDictionary<string, object> entity) => !Operand.Matches(entity);
    }

    private sealed record Comparison(string Property, string Operator, object Literal) : Node
    {
        public override bool Matches(IReadOnlyDictionary<string, object> entity) =>
            entity.TryGetValue(Property, out var value) && Order(value, Literal) is { } order && Operator switch
            {
                "eq" => order == 0,
                "ne" => order != 0,
                "gt" => order > 0,
                "ge" => order >= 0,
                "lt" => order < 0,
                "le" => order <= 0,
                _ => throw new InvalidOperationException($"No operator {Operator}."),
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

    /// <summary>Recursive descent: or, and, not, then a comparison or a parenthesis.</summary>
    private sealed class Parser(string text)
    {
        private int _position;
        private int _depth;

        public Node Parse()
        {
            var root = ParseOr();
            SkipSpace();
            return _position == text.Length ? root : throw Invalid();
        }

        private Node ParseOr()
        {
            var left = ParseAnd();
            while (TryWord("or"))
                left = new Or(left, ParseAnd());
            return left;
        }

        private Node ParseAnd()
        {
            var left = ParseNot();
            while (TryWord("and"))
                left = new And(left, ParseNot());
            return left;
        }

        private Node ParseNot()
        {
            if (++_depth > MaxDepth)
                throw TableErrors.BadRequest("InvalidInput", $"The filter is nested deeper than {MaxDepth}.");
            var node = TryWord("not") ? new Not(ParseNot()) : ParseOperand();
            _depth--;
            return node;
        }

        private Node ParseOperand()
        {
            SkipSpace();
            if (_position < text.Length && text[_position] == '(')
            {
                _position++;
                var inner = ParseOr();
                SkipSpace();
                return _position < text.Length && text[_position++] == ')' ? inner : throw Invalid();
            }

            var property = Word();
            var afterProperty = _position;
            SkipSpace();
            var comparison = Word(optional: true);
            if (comparison is "eq" or "ne" or "gt" or "ge" or "lt" or "le")
                return new Comparison(property, comparison, Literal());
            _position = afterProperty;
            return new Comparison(property, "eq", true);
        }

        private object Literal()
        {
            SkipSpace();
            if (_position < text.Length && text[_position] == '\'')
                return Quoted();
            if (_position < text.Length && (char.IsAsciiDigit(text[_position]) || text[_position] is '-' or '+' or '.'))
                return Number();
            var word = Word();
            if (_position < text.Length && text[_position] == '\'')
            {
                var quoted = Quoted();
                try
                {
                    return word switch
                    {
                        "datetime" => DateTimeOffset.Parse(quoted, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
                        "guid" => Guid.Parse(quoted),
                        "binary" or "X" => Convert.FromHexString(quoted),
                        _ => throw Invalid(),
                    };
                }
                catch (FormatException)
                {
                    throw Invalid();
                }
            }

            return word switch { "true" => true, "false" => false, "NaN" => double.NaN, "INF" => double.PositiveInfinity, _ => throw Invalid() };
        }

        private string Quoted()
        {
            var value = new StringBuilder();
            for (_position++; _position < text.Length; _position++)
            {
                if (text[_position] != '\'')
                {
                    value.Append(text[_position]);
                }
                else if (_position + 1 < text.Length && text[_position + 1] == '\'')
                {
                    value.Append('\'');
                    _position++;
                }
                else
                {
                    _position++;
                    return value.ToString();
                }
            }

            throw Invalid();
        }

        private object Number()
        {
            var start = _position;
            while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] is '-' or '+' or '.'))
                _position++;
            var number = text.AsSpan(start, _position - start);
            if (number.EndsWith("L", StringComparison.OrdinalIgnoreCase) && long.TryParse(number[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
                return whole;
            if (int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small))
                return small;
            return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : throw Invalid();
        }

        private bool TryWord(string word)
        {
            SkipSpace();
            var end = _position + word.Length;
            if (string.CompareOrdinal(text, _position, word, 0, word.Length) != 0 || (end < text.Length && IsWordCharacter(text[end])))
                return false;
            _position = end;
            return true;
        }

        private string Word(bool optional = false)
        {
            var start = _position;
            while (_position < text.Length && IsWordCharacter(text[_position]))
                _position++;
            return _position > start || optional ? text[start.._position] : throw Invalid();
        }

        private void SkipSpace()
        {
            while (_position < text.Length && text[_position] == ' ')
                _position++;
        }

        private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c == '_';

        private Azure.RequestFailedException Invalid() => TableErrors.BadRequest("InvalidInput", $"The filter is not valid at character {_position}.");
    }
}
