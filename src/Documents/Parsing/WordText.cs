using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;
using OfficeMath = DocumentFormat.OpenXml.Math;

namespace Jobs.Documents.Parsing;

/// <summary>The text of a paragraph as it is printed.</summary>
internal static class WordText
{
    /// <summary>The text; references to notes become their numbers in brackets.</summary>
    public static string Of(OpenXmlElement paragraph, WordNotes? notes)
    {
        var text = new StringBuilder();
        Append(paragraph, text, notes);
        return text.ToString();
    }

    // The depth of a part is bounded before it is opened.
    private static void Append(OpenXmlElement parent, StringBuilder text, WordNotes? notes)
    {
        foreach (var element in parent.ChildElements)
        {
            switch (element)
            {
                case Text or OfficeMath.Text:
                    text.Append(element.InnerText);
                    break;
                case TabChar:
                    text.Append('\t');
                    break;
                case Break or CarriageReturn:
                    text.Append('\n');
                    break;
                case NoBreakHyphen:
                    text.Append('-');
                    break;
                case FootnoteReference { Id.Value: var id }:
                    text.Append(notes?.Refer(id, isEndnote: false));
                    break;
                case EndnoteReference { Id.Value: var id }:
                    text.Append(notes?.Refer(id, isEndnote: true));
                    break;
                case DeletedRun or MoveFromRun or RubyContent or FieldCode or DeletedText or ParagraphProperties or RunProperties:
                    break;
                case Run { RunProperties.Vanish: { } vanish } when vanish.Val is null || vanish.Val.Value:
                    break;
                case AlternateContent alternate:
                    // The choices say the same in several ways.
                    if (alternate.FirstChild is { } first)
                    {
                        Append(first, text, notes);
                    }

                    break;
                case Paragraph:
                    // Of a text box within the paragraph.
                    text.Append('\n');
                    Append(element, text, notes);
                    break;
                default:
                    Append(element, text, notes);
                    break;
            }
        }
    }
}
