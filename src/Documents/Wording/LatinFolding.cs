using System.Globalization;

namespace Jobs.Documents.Wording;

/// <summary>
/// Takes the marks off Latin letters: é becomes e. By tables of its own, because <see cref="string.Normalize()"/> leaves everything beyond ASCII alone where globalization is
/// invariant.
/// </summary>
internal static class LatinFolding
{
    private const char FirstLatin1 = '\u00C0';
    private const char LastExtendedA = '\u017F';
    private const char FirstAdditional = '\u1E00';
    private const char LastAdditional = '\u1EFF';

    private const string FromLatin1 =
        "AAAAAAÆCEEEEIIIIÐNOOOOO×OUUUUYÞßaaaaaaæceeeeiiiiðnooooo÷ouuuuyþy" +
        "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiĲĳJjKkĸLlLlLlĿ" +
        "ŀLlNnNnNnŉŊŋOoOoOoŒœRrRrRrSsSsSsSsTtTtŦŧUuUuUuUuUuUuWwYyYZzZzZzſ";

    private const string Additional =
        "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm" +
        "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv" +
        "WwWwWwWwWwXxXxYyZzZzZzhtwyẚſẜẝẞẟAaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe" +
        "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYyỺỻỼỽỾỿ";

    /// <summary>The letter without its marks; any other character as it is.</summary>
    public static char Fold(char character) => character switch
    {
        < FirstLatin1 => character,
        <= LastExtendedA => FromLatin1[character - FirstLatin1],
        >= FirstAdditional and <= LastAdditional => Additional[character - FirstAdditional],
        _ => character,
    };

    /// <summary>The text with each letter folded, and without marks that stand for themselves after their letter.</summary>
    public static string Fold(ReadOnlySpan<char> text)
    {
        var folded = new char[text.Length];
        var length = 0;
        foreach (var character in text)
        {
            if (character < FirstLatin1)
            {
                folded[length++] = character;
            }
            else if (char.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
            {
                folded[length++] = Fold(character);
            }
        }

        return new string(folded, 0, length);
    }
}
