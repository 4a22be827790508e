namespace Jobs.Documents.Exchange;

/// <summary>How much is taken from a file that somebody uploads, and given in one that is exported.</summary>
public static class ExchangeLimits
{
    /// <summary>The most bytes of a row, its line break not counted: 1 MiB.</summary>
    public const int MaxRowBytes = 1024 * 1024;

    /// <summary>The most rows of a file, bad ones included; lines without anything do not count.</summary>
    public const int MaxRows = 100_000;

    /// <summary>The most columns of a CSV file, and members of a JSON row.</summary>
    public const int MaxColumns = 64;

    /// <summary>The deepest nesting of a JSON row; the row itself is the first level.</summary>
    public const int MaxDepth = 8;

    /// <summary>The most characters of a title.</summary>
    public const int MaxTitleCharacters = 500;

    /// <summary>The most characters of an id that a row gives itself.</summary>
    public const int MaxIdCharacters = 200;

    /// <summary>The most characters of an address.</summary>
    public const int MaxUrlCharacters = 2_048;

    /// <summary>The most characters of the name of a metadata value.</summary>
    public const int MaxNameCharacters = 100;

    /// <summary>The most characters of a metadata value.</summary>
    public const int MaxValueCharacters = 10_000;

    /// <summary>How many times a quote that is never closed is taken for a bad row, before the rest of the file is given up.</summary>
    public const int MaxOpenQuotes = 20;

    /// <summary>The most entries of an exported archive, its manifest not counted.</summary>
    public const int MaxEntries = 1_000;
}
