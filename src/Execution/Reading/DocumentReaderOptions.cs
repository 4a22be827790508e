using Jobs.Execution.Isolation;

namespace Jobs.Execution.Reading;

/// <summary>Where and how documents are read; the defaults suit the function app.</summary>
public sealed record DocumentReaderOptions
{
    /// <summary>The longest that one document may take.</summary>
    public TimeSpan TimeLimit { get; init; } = DocumentReaderLimits.Time;

    /// <summary>The most memory that the reader's objects may take together.</summary>
    public long HeapBytes { get; init; } = DocumentReaderLimits.HeapBytes;

    /// <summary>How many documents are read at once; more wait for their turn. 1 or more.</summary>
    public int MaxConcurrent { get; init; } = Environment.ProcessorCount;

    /// <summary>The only isolation to try; null takes the strongest that works.</summary>
    public ProcessIsolation? Isolation { get; init; }

    /// <summary>The folder that holds <c>Jobs.DocumentReader.dll</c> and what it references.</summary>
    public string ReaderFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>The folder in which this process makes its work folder.</summary>
    public string TempFolder { get; init; } = Path.GetTempPath();
}
