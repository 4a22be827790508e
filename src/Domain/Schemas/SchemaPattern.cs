using System.Text;
using System.Text.RegularExpressions;

namespace Jobs.Domain.Schemas;

/// <summary>
/// A <c>pattern</c>: a regular expression of ECMA-262, brought into .NET's dialect where the two differ, and matched without backtracking, so in time that grows with the text and no
/// faster. What cannot be matched so (look-around, back references) or means something else in .NET is refused.
/// </summary>
internal sealed class SchemaPattern
{
    /// <summary>What <c>\s</c> stands for; .NET's own differs in two characters.</summary>
    private const string Space = @"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

    private readonly Regex _regex;

    private SchemaPattern(Regex regex) => _regex = regex;

    /// <summary>Reads a pattern; throws <see cref="ArgumentException"/> or <see cref="NotSupportedException"/> with a message that says what is wrong.</summary>
    public static SchemaPattern Read(string pattern) => pattern.Length <= SchemaLimits.MaxPatternLength
        ? new SchemaPattern(new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, SchemaLimits.MaxTime))
        : throw new ArgumentException($"has more than {SchemaLimits.MaxPatternLength} characters");

    /// <summary>True when the pattern is found anywhere in the text; throws <see cref="RegexMatchTimeoutException"/>.</summary>
    public bool IsMatch(string text) => _regex.IsMatch(text);

    private static string Translate(string pattern)
    {
        var result = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '\\':
                    i++;
                    result.Append(Escape(pattern, ref i, inClass));
                    break;

                // In a class .NET reads "-[" as a subtraction.
                case '[' when inClass:
                    result.Append("\\[");
                    break;

                case '[':
                    var start = i + 1 < pattern.Length && pattern[i + 1] == '^' ? i + 2 : i + 1;
                    if (start < pattern.Length && pattern[start] == ']')
                    {
                        throw new NotSupportedException("has an empty class, '[]' or '[^]'");
                    }

                    inClass = true;
                    result.Append(c);
                    break;

                case ']' when inClass:
                    inClass = false;
                    result.Append(c);
                    break;

                case '(' when !inClass && i + 1 < pattern.Length && pattern[i + 1] == '?':
                    var isNamed = i + 3 < pattern.Length && pattern[i + 2] == '<' && (char.IsAsciiLetter(pattern[i + 3]) || pattern[i + 3] is '_' or '$');
                    if (!isNamed && !(i + 2 < pattern.Length && pattern[i + 2] == ':'))
                    {
                        throw new NotSupportedException("has a group other than '(', '(?:' and '(?<name>'");
                    }

                    result.Append(c);
                    break;

                // .NET's '$' also matches before a line break at the end.
                case '$' when !inClass:
                    result.Append("\\z");
                    break;

                case '.' when !inClass:
                    result.Append("[^\\n\\r\\u2028\\u2029]");
                    break;

                default:
                    result.Append(c);
                    break;
            }
        }

        return result.ToString();
    }

    private static string Escape(string pattern, ref int i, bool inClass)
    {
        if (i == pattern.Length)
        {
            throw new ArgumentException("ends in a backslash");
        }

        var c = pattern[i];
        switch (c)
        {
            case 'd':
                return inClass ? "0-9" : "[0-9]";
            case 'w':
                return inClass ? "a-zA-Z0-9_" : "[a-zA-Z0-9_]";
            case 'D' when !inClass:
                return "[^0-9]";
            case 'W' when !inClass:
                return "[^a-zA-Z0-9_]";
            case 's':
                return inClass ? Space : $"[{Space}]";
            case 'S' when !inClass:
                return $"[^{Space}]";
            case 't' or 'n' or 'r' or 'f' or 'v' or 'b' or 'p' or 'P':
            case 'B' when !inClass:
                return $"\\{c}";
            case '0' when i + 1 == pattern.Length || !char.IsAsciiDigit(pattern[i + 1]):
                return "\\x00";
            case 'x' or 'u':
                var digits = c == 'x' ? 2 : 4;
                if (i + digits >= pattern.Length || !pattern.AsSpan(i + 1, digits).ToString().All(char.IsAsciiHexDigit))
                {
                    throw new NotSupportedException($"has an escape '\\{c}' without {digits} hexadecimal digits");
                }

                var escape = $"\\{c}{pattern.AsSpan(i + 1, digits)}";
                i += digits;
                return escape;
            default:
                return char.IsAsciiLetterOrDigit(c) || c > '\x7f' ? throw new NotSupportedException($"has the escape '\\{c}'") : $"\\{c}";
        }
    }
}
