namespace Jobs.Documents.Analysis;

/// <summary>
/// Finds words that somebody else, such as an AI, says a document has. Blanks of any kind and number count as one, and typographic quotes and dashes as plain ones; everything else
/// must be the same. What is returned is what the document says, never what was claimed.
/// </summary>
public static class EvidenceCheck
{
    /// <summary>The longest quote that is sought, in characters; what is longer is no evidence.</summary>
    public const int MaxQuoteLength = 4_000;

    /// <summary>The fewest characters of a quote, blanks left out; what is shorter occurs anywhere and proves nothing.</summary>
    public const int MinQuoteLength = 3;

    private const int BetweenLooks = 65_536;

    /// <summary>Where the words first occur in a document; null when they do not.</summary>
    public static Evidence? Find(SourceDocument document, string quote, CancellationToken cancellationToken)
    {
        if (quote.Length > MaxQuoteLength)
        {
            return null;
        }

        var sought = Plain(quote);
        if (sought.Length - sought.Count(' ') < MinQuoteLength)
        {
            return null;
        }

        // Knuth, Morris and Pratt: linear, whoever wrote the two texts.
        var text = document.Parsed.Text;
        var fallback = FallbackOf(sought);
        var places = new int[sought.Length];
        var (matched, read, afterBlank) = (0, 0, true);
        for (var i = 0; i < text.Length; i++)
        {
            if (i % BetweenLooks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var character = Plain(text[i]);
            if (character == ' ' && afterBlank)
            {
                continue;
            }

            afterBlank = character == ' ';
            places[read++ % places.Length] = i;
            while (matched > 0 && sought[matched] != character)
            {
                matched = fallback[matched - 1];
            }

            if (sought[matched] == character && ++matched == sought.Length)
            {
                var start = places[read % places.Length];
                return Evidence.At(document, start, i - start + 1).Require(document.Parsed);
            }
        }

        return null;
    }

    private static int[] FallbackOf(string sought)
    {
        var fallback = new int[sought.Length];
        for (var (i, matched) = (1, 0); i < sought.Length; i++)
        {
            while (matched > 0 && sought[i] != sought[matched])
            {
                matched = fallback[matched - 1];
            }

            matched += sought[i] == sought[matched] ? 1 : 0;
            fallback[i] = matched;
        }

        return fallback;
    }

    private static string Plain(string quote)
    {
        var plain = new System.Text.StringBuilder(quote.Length);
        foreach (var character in quote)
        {
            var next = Plain(character);
            if (next != ' ' || (plain.Length > 0 && plain[^1] != ' '))
            {
                plain.Append(next);
            }
        }

        return plain.ToString().TrimEnd(' ');
    }

    private static char Plain(char character) => character switch
    {
        '\u2018' or '\u2019' or '\u201A' or '\u201B' => '\'',
        '\u201C' or '\u201D' or '\u201E' or '\u201F' => '"',
        '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2212' => '-',
        _ => char.IsWhiteSpace(character) ? ' ' : character,
    };
}
