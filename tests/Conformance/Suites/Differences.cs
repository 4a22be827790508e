namespace Jobs.Conformance.Suites;

/// <summary>
/// Where a storage is known to differ from Azure. Each difference is asserted, so that the day it goes away is noticed; what is not here is as in Azure.
/// </summary>
public sealed record Differences
{
    /// <summary>None.</summary>
    public static Differences None { get; } = new();

    /// <summary>Azurite 3.37. Most are what it accepts and Azure does not, so that a test on it proves nothing about limits.</summary>
    public static Differences OfAzurite { get; } = new()
    {
        AcceptsOversizedEntities = true,
        AcceptsAnyPropertyName = true,
        AcceptsAnyTime = true,
        AcceptsPagesOfAnySize = true,
        AcceptsTransactionsOverPartitions = true,
        AcceptsTooManyComparisons = true,
        AcceptsAnyBlobName = true,
        AnswersRangesBehindTheEnd = true,
        IgnoresStructuredBodies = true,
        AnswersTooManyActionsUnreadably = true,
        KeyRefusalCode = "InvalidInput",
        TableNameRefusalCode = "",
        AcceptedMalformedFilters = ["PartitionKey eq 'open", "Int eq guid'no-guid'", "Int eq datetime'yesterday'"],
        FilterResults = new Dictionary<string, string>
        {
            // Numbers without a letter are Int32, guids and bytes are compared for equality only, and -INF is not known.
            ["Long eq 3000000000000"] = "",
            ["Id ge guid'00000000-0000-0000-0000-000000000004'"] = "a b c d e",
            ["Bytes gt X'03ff'"] = "a b d e",
            ["Double ge -INF"] = "",
        },
    };

    /// <summary>Entities of more than 1 MiB or 252 properties, and names of more than 255 characters.</summary>
    public bool AcceptsOversizedEntities { get; private init; }

    /// <summary>Properties whose names are no identifiers.</summary>
    public bool AcceptsAnyPropertyName { get; private init; }

    /// <summary>Times before 1601.</summary>
    public bool AcceptsAnyTime { get; private init; }

    /// <summary>Pages of more than 1,000 entities.</summary>
    public bool AcceptsPagesOfAnySize { get; private init; }

    /// <summary>Transactions over two partitions.</summary>
    public bool AcceptsTransactionsOverPartitions { get; private init; }

    /// <summary>Filters of more than 15 comparisons.</summary>
    public bool AcceptsTooManyComparisons { get; private init; }

    /// <summary>Names of blobs that end with a dot or a slash, have a backslash or a control character, or are too long.</summary>
    public bool AcceptsAnyBlobName { get; private init; }

    /// <summary>Ranges that begin behind the end of a blob.</summary>
    public bool AnswersRangesBehindTheEnd { get; private init; }

    /// <summary>Bodies with checksums inside, which are stored as they come.</summary>
    public bool IgnoresStructuredBodies { get; private init; }

    /// <summary>A transaction of more than 100 actions is answered with what the client cannot read.</summary>
    public bool AnswersTooManyActionsUnreadably { get; private init; }

    /// <summary>Another code for keys that are refused.</summary>
    public string? KeyRefusalCode { get; private init; }

    /// <summary>Another code for names of tables that are refused.</summary>
    public string? TableNameRefusalCode { get; private init; }

    /// <summary>Filters that are malformed and are answered.</summary>
    public IReadOnlyCollection<string> AcceptedMalformedFilters { get; private init; } = [];

    /// <summary>Filters that find other rows.</summary>
    public IReadOnlyDictionary<string, string> FilterResults { get; private init; } = new Dictionary<string, string>();
}
