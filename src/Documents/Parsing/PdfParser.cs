using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.DocumentLayoutAnalysis;
using UglyToad.PdfPig.DocumentLayoutAnalysis.PageSegmenter;
using UglyToad.PdfPig.DocumentLayoutAnalysis.ReadingOrderDetector;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;
using UglyToad.PdfPig.DocumentLayoutAnalysis.WordExtractor;
using UglyToad.PdfPig.Exceptions;

namespace Jobs.Documents.Parsing;

/// <summary>
/// A PDF with a text layer: words, blocks and their reading order as PdfPig's layout analysis finds them. Lines in letters that are larger than those of most of the
/// text are headings, and their sizes in order are the levels. What goes on upon a new page is a section of its own without a heading, so that every section lies on
/// one page. Items of lists are told by their marks. Tables are text, in the order in which the layout analysis finds their blocks, which is often by columns.
/// </summary>
internal static class PdfParser
{
    /// <summary>The most letters of a page whose layout is analysed: 20,000, several times what fits on one. The text of others is taken in the file's order.</summary>
    public const int MaxAnalysedLetters = 20_000;

    /// <summary>The most blocks of a page whose reading order is found by comparing each with each; those of others are read from the top.</summary>
    private const int MaxOrderedBlocks = 300;

    /// <summary>How much larger than the text's the letters of a heading are.</summary>
    private const double HeadingSize = 1.15;

    /// <summary>The most lines of a heading.</summary>
    private const int MaxHeadingLines = 3;

    /// <summary>How deep objects and contents within others are followed.</summary>
    private const int MaxStackDepth = 64;

    private static readonly NearestNeighbourWordExtractor Words = new(new() { MaxDegreeOfParallelism = 1 });

    private static readonly DocstrumBoundingBoxes Segmenter = new(new() { MaxDegreeOfParallelism = 1 });

    private static readonly UnsupervisedReadingOrderDetector Order = new(5, UnsupervisedReadingOrderDetector.SpatialReasoningRules.ColumnWise);

    public static ParsedDocument Parse(ReadOnlyMemory<byte> content, DocumentBuilder builder)
    {
        using var document = Open(content);
        var pages = document.NumberOfPages;
        DocumentBuilder.Limit(pages, DocumentLimits.MaxPages, "pages");
        var lines = new List<Line>();
        long letters = 0;
        for (var number = 1; number <= pages; number++)
        {
            builder.CancellationToken.ThrowIfCancellationRequested();
            var page = document.GetPage(number);
            letters += page.Letters.Count;
            DocumentBuilder.Limit(letters, DocumentLimits.MaxTextLength, "characters of text");
            Read(page, lines);
        }

        if (!lines.Exists(line => line.Text.Length > 0))
        {
            throw new DocumentException(
                DocumentErrorCode.NoText, "The PDF has no text layer: its pages are pictures, as of a scan. Have the text recognised (OCR) and send it again.");
        }

        Write(lines, builder);
        return builder.Build(DocumentKind.Pdf, document.Information?.Title, pages);
    }

    private static PdfDocument Open(ReadOnlyMemory<byte> content)
    {
        try
        {
            return PdfDocument.Open(content.ToArray(), new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true, MaxStackDepth = MaxStackDepth });
        }
        catch (PdfDocumentEncryptedException e)
        {
            throw new DocumentException(DocumentErrorCode.Encrypted, "The PDF has a password. Remove the password and send it again.", e);
        }
    }

    private static void Read(Page page, List<Line> lines)
    {
        if (page.Letters.Count > MaxAnalysedLetters)
        {
            foreach (var text in ContentOrderTextExtractor.GetText(page).Split('\n'))
            {
                lines.Add(new Line(PdfText.Mend(text), 0, page.Number, lines.Count, text.Length));
            }

            return;
        }

        var block = lines.Count;
        foreach (var found in InOrder(Segmenter.GetBlocks(Words.GetWords(page.Letters))))
        {
            block++;
            foreach (var line in found.TextLines)
            {
                var letters = line.Words.SelectMany(word => word.Letters).Where(letter => !string.IsNullOrWhiteSpace(letter.Value)).ToList();
                if (letters.Count > 0)
                {
                    // Most letters' size: a line may have a small note or a large initial.
                    var size = letters.GroupBy(letter => SizeOf(letter)).MaxBy(group => group.Count())!.Key;
                    lines.Add(new Line(PdfText.Mend(line.Text), size, page.Number, block, letters.Count));
                }
            }
        }
    }

    /// <summary>In half points.</summary>
    private static int SizeOf(Letter letter) => double.IsFinite(letter.PointSize) ? (int)Math.Clamp(Math.Round(letter.PointSize * 2), 0, 10_000) : 0;

    private static IEnumerable<TextBlock> InOrder(IReadOnlyList<TextBlock> blocks) => blocks.Count <= MaxOrderedBlocks
        ? Order.Get(blocks)
        : blocks.OrderByDescending(block => block.BoundingBox.Top).ThenBy(block => block.BoundingBox.Left);

    private static void Write(List<Line> lines, DocumentBuilder builder)
    {
        var body = lines.GroupBy(line => line.Size).MaxBy(group => group.Sum(line => line.Letters))!.Key;
        var levels = lines.Where(line => body > 0 && line.Size > body * HeadingSize).Select(line => line.Size).Distinct().OrderDescending()
            .Select((size, index) => (size, index)).ToDictionary(pair => pair.size, pair => pair.index + 1);
        var page = 0;
        string? paragraph = null;
        for (var i = 0; i < lines.Count;)
        {
            var first = lines[i];
            var count = 1;
            while (i + count < lines.Count && Continues(first, lines[i + count], levels))
            {
                count++;
            }

            var group = lines.GetRange(i, count);
            var text = PdfText.Join(group.Select(line => line.Text));
            var isHeading = levels.ContainsKey(first.Size) && count <= MaxHeadingLines && text.Any(char.IsLetter);
            if (paragraph is not null && !isHeading && first.Page == page && PdfText.GoesOn(paragraph, text))
            {
                // The analysis divides a paragraph where a raised letter or a picture moves its lines apart.
                paragraph = PdfText.Join([paragraph, text]);
                i += count;
                continue;
            }

            builder.Paragraph(paragraph);
            paragraph = null;
            if (first.Page != page)
            {
                page = first.Page;
                builder.Page(page);
            }

            if (isHeading)
            {
                builder.Heading(text, levels[first.Size]);
            }
            else
            {
                paragraph = text;
            }

            i += count;
        }

        builder.Paragraph(paragraph);
    }

    /// <summary>Whether a line belongs to the paragraph or heading that another began.</summary>
    private static bool Continues(Line first, Line line, Dictionary<int, int> levels) =>
        line.Block == first.Block && !PdfText.IsItem(line.Text) && (line.Size == first.Size || !levels.ContainsKey(line.Size) && !levels.ContainsKey(first.Size));

    /// <summary>A line of a page.</summary>
    /// <param name="Text">What it says.</param>
    /// <param name="Size">The size of most of its letters, in half points; 0 when it is not known.</param>
    /// <param name="Page">The page, from 1.</param>
    /// <param name="Block">Lines of one block have the same number.</param>
    /// <param name="Letters">How many letters it has.</param>
    private sealed record Line(string Text, int Size, int Page, int Block, int Letters);
}
