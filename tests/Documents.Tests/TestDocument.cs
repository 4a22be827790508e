using System.Text;
using Jobs.Documents.Analysis;

namespace Jobs.Documents.Tests;

/// <summary>Documents as a parser gives them.</summary>
internal static class TestDocument
{
    /// <summary>A document of one section without a heading.</summary>
    public static ParsedDocument Of(string text) => new()
    {
        Format = "txt",
        Text = text,
        Words = text.Where((character, i) => !char.IsWhiteSpace(character) && (i == 0 || char.IsWhiteSpace(text[i - 1]))).Count(),
        Sections = text.Length == 0 ? [] : [new(null, 0, 0, text.Length, null)],
    };

    /// <summary>A document of sections, each on a page of its own.</summary>
    public static ParsedDocument Of(params (string Heading, int Level, string Text)[] parts)
    {
        var text = new StringBuilder();
        var sections = new List<DocumentSection>();
        foreach (var (heading, level, body) in parts)
        {
            var start = text.Length;
            text.Append(heading).Append("\n\n").Append(body).Append("\n\n");
            sections.Add(new(heading, level, start, text.Length - start, sections.Count + 1));
        }

        return Of(text.ToString()) with { Sections = sections, Title = parts[0].Heading };
    }

    public static SourceDocument Source(this ParsedDocument document, string id = "d1") => new(id, $"{id}.txt", document);
}
