namespace Jobs.Documents.Parsing;

/// <summary>Why a document is refused. <see cref="DocumentErrorCodes.Word"/> gives the word that callers see.</summary>
public enum DocumentErrorCode
{
    /// <summary>No parser reads this format.</summary>
    UnsupportedFormat,

    /// <summary>The content is of another format than the name or the content type says.</summary>
    FormatMismatch,

    /// <summary>The content is damaged.</summary>
    Malformed,

    /// <summary>The document opens with a password only.</summary>
    Encrypted,

    /// <summary>A limit on size or number is passed, or the memory that a document may take.</summary>
    TooLarge,

    /// <summary>The content is nested too deeply.</summary>
    TooDeep,

    /// <summary>Reading takes more time than a document may take.</summary>
    TooSlow,

    /// <summary>There is nothing to read, as in a scan without a text layer.</summary>
    NoText,
}

/// <summary>The words of the codes.</summary>
public static class DocumentErrorCodes
{
    /// <summary>The stable word of a code, such as <c>too_large</c>.</summary>
    public static string Word(this DocumentErrorCode code) => code switch
    {
        DocumentErrorCode.UnsupportedFormat => "unsupported_format",
        DocumentErrorCode.FormatMismatch => "format_mismatch",
        DocumentErrorCode.Malformed => "malformed",
        DocumentErrorCode.Encrypted => "encrypted",
        DocumentErrorCode.TooLarge => "too_large",
        DocumentErrorCode.TooDeep => "too_deep",
        DocumentErrorCode.TooSlow => "too_slow",
        DocumentErrorCode.NoText => "no_text",
    };

    /// <summary>The code of a word; null when there is none.</summary>
    public static DocumentErrorCode? FromWord(string word)
    {
        foreach (var code in Enum.GetValues<DocumentErrorCode>())
        {
            if (code.Word() == word)
            {
                return code;
            }
        }

        return null;
    }
}

/// <summary>A document cannot be read. The message is one or two sentences for whoever sent it: it names no path of this machine and no code of ours.</summary>
public sealed class DocumentException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="code">Why.</param>
    /// <param name="message">What to tell the caller.</param>
    /// <param name="innerException">What a library said; for the log, never for the caller.</param>
    public DocumentException(DocumentErrorCode code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>Why.</summary>
    public DocumentErrorCode Code { get; }
}
