namespace Jobs.Documents.Parsing;

/// <summary>What a document may have at most. Past a limit the document is refused with the limit's value; nothing is cut silently.</summary>
public static class DocumentLimits
{
    /// <summary>The most bytes of a document: 20 MiB.</summary>
    public const int MaxBytes = 20 * 1024 * 1024;

    /// <summary>The most UTF-16 units of text, tables included: 5,000,000, some 2,000 pages.</summary>
    public const int MaxTextLength = 5_000_000;

    /// <summary>The most UTF-16 units of a heading or a title; a longer heading is read as a paragraph, and a longer title is cut.</summary>
    public const int MaxHeadingLength = 300;

    /// <summary>The most sections.</summary>
    public const int MaxSections = 10_000;

    /// <summary>The most tables.</summary>
    public const int MaxTables = 2_000;

    /// <summary>The most cells of all tables together. The empty ones that keep a row's cells under their columns count too.</summary>
    public const int MaxCells = 500_000;

    /// <summary>The most pages, sheets or slides.</summary>
    public const int MaxPages = 2_000;

    /// <summary>The most levels that elements or values may be nested: of XML, HTML and JSON.</summary>
    public const int MaxDepth = 256;

    /// <summary>The most entries of a ZIP archive.</summary>
    public const int MaxEntries = 10_000;

    /// <summary>The most bytes that the parts of an Office document may have together when they are inflated: 128 MiB.</summary>
    public const int MaxInflatedBytes = 128 * 1024 * 1024;

    /// <summary>The most bytes that one part of an Office document may have when it is inflated: 64 MiB.</summary>
    public const int MaxPartBytes = 64 * 1024 * 1024;

    /// <summary>The most bytes of a part that is held as a tree of elements, as a slide or the styles: 16 MiB.</summary>
    public const int MaxTreeBytes = 16 * 1024 * 1024;

    /// <summary>How many times larger than in the archive a part may be; asked of parts from <see cref="MinRatioBytes"/> on.</summary>
    public const int MaxRatio = 250;

    /// <summary>The inflated size from which on <see cref="MaxRatio"/> is asked: 1 MiB. Small parts of equal cells deflate better than that.</summary>
    public const int MinRatioBytes = 1024 * 1024;

    /// <summary>The most bytes of a Markdown text that is parsed within the caller's process: 256 KiB. See <see cref="DocumentFormats.NeedsProcess"/>.</summary>
    public const int MaxMarkdownBytesInProcess = 256 * 1024;

    /// <summary>The most UTF-16 units of a file name or a content type that are looked at.</summary>
    public const int MaxNameLength = 1_000;
}
