using System.Globalization;
using System.Text;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>Recursive descent over a filter: or, and, not, then a comparison, a boolean or a parenthesis.</summary>
internal sealed class ODataFilterParser(string text)
{
    /// <summary>The deepest nesting of parentheses and nots; deeper filters are refused rather than risk the stack.</summary>
    public const int MaxDepth = 100;

    /// <summary>The most comparisons of a filter, as the service documents it.</summary>
    public const int MaxComparisons = 15;

    /// <summary>The most characters of a filter. The service allows an address of 32 KiB.</summary>
    public const int MaxLength = 32 * 1024;

    private int _position;
    private int _depth;
    private int _comparisons;

    /// <summary>The whole filter.</summary>
    public ODataFilter.Node Parse()
    {
        if (text.Length > MaxLength)
            throw StorageError.InvalidInput($"A filter has at most {MaxLength} characters.");
        var root = ParseOr();
        SkipSpace();
        return _position == text.Length ? root : throw Invalid();
    }

    private ODataFilter.Node ParseOr()
    {
        var left = ParseAnd();
        while (TryWord("or"))
            left = new ODataFilter.Or(left, ParseAnd());
        return left;
    }

    private ODataFilter.Node ParseAnd()
    {
        var left = ParseNot();
        while (TryWord("and"))
            left = new ODataFilter.And(left, ParseNot());
        return left;
    }

    private ODataFilter.Node ParseNot()
    {
        if (++_depth > MaxDepth)
            throw StorageError.InvalidInput($"The filter is nested deeper than {MaxDepth}.");
        var node = TryWord("not") ? new ODataFilter.Not(ParseNot()) : ParseOperand();
        _depth--;
        return node;
    }

    private ODataFilter.Node ParseOperand()
    {
        SkipSpace();
        if (_position < text.Length && text[_position] == '(')
        {
            _position++;
            var inner = ParseOr();
            SkipSpace();
            return _position < text.Length && text[_position++] == ')' ? inner : throw Invalid();
        }

        if (++_comparisons > MaxComparisons)
            throw StorageError.InvalidInput($"A filter has at most {MaxComparisons} comparisons.");
        var left = ParseTerm();
        var afterLeft = _position;
        SkipSpace();
        if (ParseOperator() is not { } comparison)
        {
            _position = afterLeft;
            return left switch
            {
                { Property: { } flag } => new ODataFilter.Comparison(flag, FilterOperator.Equal, true),
                { Literal: bool constant } => new ODataFilter.Constant(constant),
                _ => throw Invalid(),
            };
        }

        SkipSpace();
        var right = ParseTerm();
        return (left, right) switch
        {
            ({ Property: { } property }, { Literal: { } literal }) => new ODataFilter.Comparison(property, comparison, literal),
            ({ Literal: { } literal }, { Property: { } property }) => new ODataFilter.Comparison(property, Mirrored(comparison), literal),
            _ => throw Invalid(),
        };
    }

    private static FilterOperator Mirrored(FilterOperator comparison) => comparison switch
    {
        FilterOperator.Greater => FilterOperator.Less,
        FilterOperator.GreaterOrEqual => FilterOperator.LessOrEqual,
        FilterOperator.Less => FilterOperator.Greater,
        FilterOperator.LessOrEqual => FilterOperator.GreaterOrEqual,
        FilterOperator.Equal or FilterOperator.NotEqual => comparison,
    };

    private FilterOperator? ParseOperator() => Word(optional: true) switch
    {
        "eq" => FilterOperator.Equal,
        "ne" => FilterOperator.NotEqual,
        "gt" => FilterOperator.Greater,
        "ge" => FilterOperator.GreaterOrEqual,
        "lt" => FilterOperator.Less,
        "le" => FilterOperator.LessOrEqual,
        _ => null,
    };

    /// <summary>One side of a comparison. A word that is no literal is a property.</summary>
    private (string? Property, object? Literal) ParseTerm()
    {
        SkipSpace();
        if (_position < text.Length && text[_position] == '\'')
            return (null, Quoted());
        if (_position < text.Length && (char.IsAsciiDigit(text[_position]) || text[_position] is '-' or '+' or '.'))
            return (null, Number());
        var word = Word();
        if (_position < text.Length && text[_position] == '\'')
        {
            var quoted = Quoted();
            object? literal = word switch
            {
                "datetime" => EntityReader.ParseTime(quoted),
                "guid" => Guid.TryParse(quoted, out var id) ? id : null,
                "binary" or "X" => Bytes(quoted),
                _ => null,
            };
            return (null, literal ?? throw Invalid());
        }

        return word switch
        {
            "true" => (null, true),
            "false" => (null, false),
            "NaN" => (null, double.NaN),
            "INF" or "Infinity" => (null, double.PositiveInfinity),
            _ => (word, null),
        };
    }

    private static byte[]? Bytes(string hex)
    {
        var bytes = new byte[hex.Length / 2];
        return hex.Length % 2 == 0 && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
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

    /// <summary>An Int32, an Int64 with an L, or a Double with a fraction, an exponent or one of the letters that the client's literals end with.</summary>
    private object Number()
    {
        var start = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] is '-' or '+' or '.'))
            _position++;
        var number = text.AsSpan(start, _position - start);
        if (number is "-INF" or "-Infinity")
            return double.NegativeInfinity;
        if (number.EndsWith("L", StringComparison.OrdinalIgnoreCase) && long.TryParse(number[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole;
        if (int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small))
            return small;
        if (number.Length > 1 && char.ToUpperInvariant(number[^1]) is 'F' or 'D' or 'M')
            number = number[..^1];
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
        while (_position < text.Length && (text[_position] is ' ' or '\t' or '\r' or '\n'))
            _position++;
    }

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c == '_';

    private StorageError Invalid() => StorageError.InvalidInput($"The filter is not valid at character {_position}.");
}
