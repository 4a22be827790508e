namespace Jobs.Execution.Reading;

/// <summary>What became of a document.</summary>
public abstract record DocumentReading
{
    private DocumentReading()
    {
    }

    /// <summary>It was read.</summary>
    /// <param name="Json">The document as the reader writes it: one JSON object in UTF-8, without a line end. Nothing else of it has been checked.</param>
    public sealed record Succeeded(ReadOnlyMemory<byte> Json) : DocumentReading;

    /// <summary>It cannot be read.</summary>
    /// <param name="Code">A stable word, such as <c>malformed</c>.</param>
    /// <param name="Message">A sentence for whoever sent it.</param>
    public sealed record Refused(string Code, string Message) : DocumentReading;
}

/// <summary>Documents cannot be read at present: a fault of the machine or of the installation, and not of a document.</summary>
public sealed class DocumentReaderUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
