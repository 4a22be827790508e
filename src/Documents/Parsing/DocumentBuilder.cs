using System.Globalization;
using System.Text;
using Jobs.Documents.Languages;

namespace Jobs.Documents.Parsing;

/// <summary>
/// Puts a document together in reading order, keeps <see cref="DocumentLimits"/>, and cleans what it is given. Every method throws
/// <see cref="OperationCanceledException"/> once the token is cancelled.
/// </summary>
internal sealed class DocumentBuilder(CancellationToken cancellationToken)
{
    private readonly StringBuilder _text = new();
    private readonly List<DocumentSection> _sections = [];
    private readonly List<DocumentTable> _tables = [];
    private int? _page;
    private bool _isNewPage;
    private int _cells;

    /// <summary>The token that ends the work.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Whether there may be another section.</summary>
    public bool HasRoomForSection => _sections.Count < DocumentLimits.MaxSections;

    /// <summary>What follows stands on this page, from 1, and in a section of its own.</summary>
    public void Page(int page)
    {
        _page = page;
        _isNewPage = true;
    }

    /// <summary>Begins a section. A heading without text is left out, and one that is longer than <see cref="DocumentLimits.MaxHeadingLength"/> is a paragraph.</summary>
    /// <param name="text">The heading.</param>
    /// <param name="level">From 1; deeper ones than 6 are 6.</param>
    public void Heading(string text, int level)
    {
        var heading = TextCleaner.Heading(text);
        if (heading.Length > DocumentLimits.MaxHeadingLength)
        {
            Paragraph(text);
        }
        else if (heading.Length > 0)
        {
            Separate("\n\n");
            Begin(heading, Math.Clamp(level, 1, 6));
            Write(heading);
        }
    }

    /// <summary>Begins a section whose heading is the beginning of a line, as the name of a value is; only the line where there is no room for a section.</summary>
    public void Heading(string text, int level, string line)
    {
        var heading = TextCleaner.Heading(text);
        if (heading.Length is 0 or > DocumentLimits.MaxHeadingLength || !HasRoomForSection)
        {
            Line(line);
            return;
        }

        Separate("\n");
        Begin(heading, level);
        Write(heading);
        Write(line.AsSpan(text.Length));
    }

    /// <summary>Adds a text with an empty line before it. Its own line ends stay; one without anything visible is left out.</summary>
    public void Paragraph(ReadOnlySpan<char> text) => Add(text, "\n\n");

    /// <summary>Adds a text on a line of its own. One without anything visible is left out.</summary>
    public void Line(ReadOnlySpan<char> text) => Add(text, "\n");

    /// <summary>Collects a table, which <see cref="TableRows.End"/> adds where the document is then.</summary>
    public TableRows Table() => new(this);

    /// <summary>The document.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="title">The title that it gives itself; null to take the first heading, empty to take none.</param>
    /// <param name="pages">How many pages it has.</param>
    /// <exception cref="DocumentException">There is no text.</exception>
    public ParsedDocument Build(DocumentKind format, string? title, int? pages)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var text = _text.ToString().TrimEnd();
        if (text.Length == 0)
        {
            throw new DocumentException(DocumentErrorCode.NoText, "The document has no text.");
        }

        for (var i = 0; i < _sections.Count; i++)
        {
            var end = i + 1 < _sections.Count ? _sections[i + 1].Start : text.Length;
            _sections[i] = _sections[i] with { Length = end - _sections[i].Start };
        }

        var ownTitle = TextCleaner.Cut(TextCleaner.Heading(title), DocumentLimits.MaxHeadingLength);
        return new ParsedDocument
        {
            Format = format.Word(),
            Title = ownTitle.Length > 0 ? ownTitle : title is "" ? null : _sections.FirstOrDefault(section => section.Heading is not null)?.Heading,
            Text = text,
            Sections = _sections,
            Tables = _tables,
            Pages = pages,
            Words = WordCounter.Count(text, cancellationToken),
            Language = LanguageGuess.Of(text, cancellationToken),
        };
    }

    /// <summary>Refuses a document that has more of something than it may.</summary>
    public static void Limit(long count, long limit, string what)
    {
        if (count > limit)
        {
            throw new DocumentException(DocumentErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The document has more than {limit:N0} {what}."));
        }
    }

    private void Add(ReadOnlySpan<char> text, string separator)
    {
        if (text.IsWhiteSpace())
        {
            return;
        }

        Separate(separator);
        if (_isNewPage || _sections.Count == 0)
        {
            Begin(null, 0);
        }

        Write(text);
    }

    private void Begin(string? heading, int level)
    {
        Limit(_sections.Count + 1, DocumentLimits.MaxSections, "sections");
        _sections.Add(new DocumentSection(heading, level, _text.Length, 0, _page));
        _isNewPage = false;
    }

    private void Separate(string separator)
    {
        if (_text.Length > 0)
        {
            for (var i = _text.Length; i > 0 && _text[i - 1] == '\n' && separator.Length > 0; i--)
            {
                separator = separator[1..];
            }

            _text.Append(separator);
        }
    }

    private void Write(ReadOnlySpan<char> text)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Limit((long)_text.Length + text.Length, DocumentLimits.MaxTextLength, "characters of text");
        CleanText.Append(_text, text);
    }

    /// <summary>A table that is being read.</summary>
    public sealed class TableRows(DocumentBuilder builder)
    {
        private readonly List<IReadOnlyList<string>> _rows = [];

        /// <summary>Adds a row, each of whose cells becomes one line. A row of empty cells is left out.</summary>
        public void Add(IEnumerable<string> cells)
        {
            builder.CancellationToken.ThrowIfCancellationRequested();
            var row = new List<string>();
            foreach (var cell in cells)
            {
                Limit(++builder._cells, DocumentLimits.MaxCells, "table cells");
                row.Add(TextCleaner.Line(cell));
            }

            if (row.Exists(cell => cell.Length > 0))
            {
                _rows.Add(row);
            }
        }

        /// <summary>Adds the table, and its rows as lines of the text. One without anything visible is left out.</summary>
        public void End()
        {
            if (_rows.Count == 0)
            {
                return;
            }

            Limit(builder._tables.Count + 1, DocumentLimits.MaxTables, "tables");
            builder._tables.Add(new DocumentTable(builder._page, _rows));
            builder.Separate("\n\n");
            foreach (var row in _rows)
            {
                builder.Line(string.Join(" | ", row).TrimEnd(' ', '|'));
            }

            // What follows is no row.
            builder._text.Append("\n\n");
        }
    }
}
