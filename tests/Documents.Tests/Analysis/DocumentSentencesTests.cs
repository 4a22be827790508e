using Jobs.Documents.Analysis;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Analysis;

public sealed class DocumentSentencesTests
{
    [Fact]
    public void Headings_and_scraps_are_no_sentences()
    {
        var document = TestDocument.Of(("A long heading of words", 1, "A real sentence stands here. Yes. And another one."));
        Assert.Equal(["A real sentence stands here.", "And another one."], DocumentSentences.Of(document, default).Select(span => DocumentSentences.TextOf(document, span)));
    }

    [Fact]
    public void Document_has_as_many_sentences_as_the_limit()
    {
        Assert.Equal(DocumentSentences.MaxSentences, DocumentSentences.Of(Sentences(DocumentSentences.MaxSentences), default).Count);
        Assert.Throws<TextTooLongException>(() => DocumentSentences.Of(Sentences(DocumentSentences.MaxSentences + 1), default));

        static ParsedDocument Sentences(int count)
        {
            var text = string.Concat(Enumerable.Repeat("A b c.\n", count));
            return TestDocument.Of("") with { Text = text, Sections = [new(null, 0, 0, text.Length, null)] };
        }
    }
}
