namespace Jobs.Documents.Parsing;

/// <summary>The formats that are read. <see cref="DocumentFormats.Word"/> gives their usual file extension.</summary>
public enum DocumentKind
{
    /// <summary>Plain text.</summary>
    Text,

    /// <summary>Markdown.</summary>
    Markdown,

    /// <summary>A page of HTML.</summary>
    Html,

    /// <summary>Values that a delimiter separates: comma, semicolon, tab or bar.</summary>
    Csv,

    /// <summary>One JSON value.</summary>
    Json,

    /// <summary>A Word document.</summary>
    Word,

    /// <summary>An Excel workbook.</summary>
    Workbook,

    /// <summary>A PowerPoint presentation.</summary>
    Presentation,

    /// <summary>PDF.</summary>
    Pdf,
}
