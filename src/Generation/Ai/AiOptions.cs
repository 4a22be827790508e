namespace Jobs.Generation.Ai;

/// <summary>The settings of the AI, below <see cref="Section"/>. There is one where a <see cref="AiUseOptions.Model"/> is set; otherwise the offline generators write everything.</summary>
public sealed class AiOptions : AiUseOptions
{
    /// <summary>What the settings' names begin with.</summary>
    public const string Section = "Ai";

    /// <summary>The least that <see cref="TurnTimeLimit"/> may be.</summary>
    public static readonly TimeSpan LowestTurnTimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>The most that <see cref="TurnTimeLimit"/> may be: a generator's attempt is given up then.</summary>
    public static readonly TimeSpan HighestTurnTimeLimit = TimeSpan.FromMinutes(5);

    /// <summary>The most that <see cref="MaxConcurrent"/> may be.</summary>
    public const int HighestMaxConcurrent = 1_000;

    /// <summary>The most that <see cref="SpendingLimit"/> and <see cref="BuildSpendingLimit"/> may be.</summary>
    public const decimal HighestSpendingLimit = 1_000_000_000;

    /// <summary>The most that <see cref="EmbeddingDimensions"/> may be.</summary>
    public const int HighestEmbeddingDimensions = 4_096;

    /// <summary>The word of <see cref="Credential"/>.</summary>
    public const string ManagedIdentity = "managedidentity";

    /// <summary>The model that makes embeddings, at the same endpoint; none where it is not set. Anthropic has none.</summary>
    public string? EmbeddingModel { get; set; }

    /// <summary>How many numbers a vector of <see cref="EmbeddingModel"/> has, 1 to <see cref="HighestEmbeddingDimensions"/>. It is not asked for, but checked.</summary>
    public int EmbeddingDimensions { get; set; } = 1_536;

    /// <summary>What a million tokens cost that <see cref="EmbeddingModel"/> is given, 0 to <see cref="AiUseOptions.HighestPrice"/>; without it they cost nothing.</summary>
    public decimal? EmbeddingPrice { get; set; }

    /// <summary>
    /// How long one call may take, its repetitions and the whole of a streamed answer included: <see cref="LowestTurnTimeLimit"/> to <see cref="HighestTurnTimeLimit"/>. An
    /// answer must begin within half of it.
    /// </summary>
    public TimeSpan TurnTimeLimit { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>How many calls an organisation may have under way at once on one host, 1 to <see cref="HighestMaxConcurrent"/>.</summary>
    public int MaxConcurrent { get; set; } = 4;

    /// <summary>
    /// The most that an organisation's calls may cost in a calendar month (UTC), in the currency of the prices, 0 to <see cref="HighestSpendingLimit"/>; null for no limit. Needs
    /// prices.
    /// </summary>
    public decimal? SpendingLimit { get; set; }

    /// <summary>The most that the calls of one build may cost, likewise.</summary>
    public decimal? BuildSpendingLimit { get; set; }

    /// <summary>Whether prompts and answers are part of the telemetry. They hold what callers wrote.</summary>
    public bool RecordPrompts { get; set; }

    /// <summary>How the app signs in to an Azure resource without a key: <see cref="ManagedIdentity"/>, or nothing for whatever <c>DefaultAzureCredential</c> finds.</summary>
    public string? Credential { get; set; }

    /// <summary>The client id of a user-assigned identity; without it the system-assigned one.</summary>
    public string? ClientId { get; set; }

    /// <summary>What is different for <see cref="AiUse.Widgets"/>.</summary>
    public AiUseOptions Widgets { get; set; } = new();

    /// <summary>What is different for <see cref="AiUse.Agents"/>.</summary>
    public AiUseOptions Agents { get; set; } = new();

    /// <summary>What is different for <see cref="AiUse.Repositories"/>.</summary>
    public AiUseOptions Repositories { get; set; } = new();

    /// <summary>Whether there is an AI.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(Model);

    /// <summary>Whether there is a model for embeddings.</summary>
    public bool MakesEmbeddings => IsConfigured && !string.IsNullOrEmpty(EmbeddingModel);

    /// <summary>Whether the calls of any model cost something.</summary>
    public bool HasPrices => IsConfigured
        && (InputPrice is not null || (MakesEmbeddings && EmbeddingPrice is not null) || Enum.GetValues<AiUse>().Any(use => For(use).InputPrice is not null));

    /// <summary>What is different for a use.</summary>
    public AiUseOptions For(AiUse use) => use switch
    {
        AiUse.Widgets => Widgets,
        AiUse.Agents => Agents,
        AiUse.Repositories => Repositories,
    };
}
