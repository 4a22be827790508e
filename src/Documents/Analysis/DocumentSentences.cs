using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis;

/// <summary>The sentences of a document that say something: headings are left out, and so are parts of fewer than <see cref="LeastWords"/> words.</summary>
internal static class DocumentSentences
{
    /// <summary>The longest document that is analysed, in characters.</summary>
    public const int MaxDocumentLength = 20 * 1024 * 1024;

    /// <summary>The most sentences of a document.</summary>
    public const int MaxSentences = 200_000;

    /// <summary>The fewest words of a sentence.</summary>
    public const int LeastWords = 3;

    public static List<TextSpan> Of(ParsedDocument document, CancellationToken cancellationToken)
    {
        TextTooLongException.ThrowIfLonger(document.Text.Length, MaxDocumentLength, "The document");
        var sentences = new List<TextSpan>();
        foreach (var section in document.Sections)
        {
            var end = section.Start + section.Length;
            foreach (var sentence in Sentences.Of(document.Text, AfterHeading(document.Text, section), end - AfterHeading(document.Text, section)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Words.Of(document.Text, sentence.Start, sentence.Length).Take(LeastWords).Count() == LeastWords)
                {
                    sentences.Add(sentence);
                    TextTooLongException.ThrowIfMore(sentences.Count, MaxSentences, "sentences or more in the document");
                }
            }
        }

        return sentences;
    }

    public static string TextOf(ParsedDocument document, TextSpan sentence) => document.Text.Substring(sentence.Start, sentence.Length);

    private static int AfterHeading(string text, DocumentSection section) =>
        section.Heading is { Length: > 0 } heading && text.AsSpan(section.Start, section.Length).TrimStart().StartsWith(heading, StringComparison.Ordinal)
            ? text.IndexOf(heading, section.Start, StringComparison.Ordinal) + heading.Length
            : section.Start;
}
