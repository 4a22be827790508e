namespace Jobs.Documents.Parsing;

/// <summary>Plain text: one section, every line as it is.</summary>
internal static class TextParser
{
    public static ParsedDocument Parse(string text, DocumentBuilder builder)
    {
        builder.Paragraph(text);
        return builder.Build(DocumentKind.Text, title: null, pages: null);
    }
}
