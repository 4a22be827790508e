namespace Jobs.Generation.Ai;

/// <summary>The settings that one use may have of its own; what it lacks it takes from <see cref="AiOptions"/>.</summary>
public class AiUseOptions
{
    /// <summary>The most characters of a model's name.</summary>
    public const int MaxModelLength = 200;

    /// <summary>The least that <see cref="MaxOutputTokens"/> may be: less than one file needs.</summary>
    public const int LowestMaxOutputTokens = 256;

    /// <summary>The most that <see cref="MaxOutputTokens"/> may be.</summary>
    public const int HighestMaxOutputTokens = 200_000;

    /// <summary>The most that a price may be.</summary>
    public const decimal HighestPrice = 10_000;

    /// <summary>What <see cref="MaxOutputTokens"/> is where nobody says.</summary>
    public const int DefaultMaxOutputTokens = 8_192;

    /// <summary><c>openai</c> (the default), <c>azure-openai</c> or <c>anthropic</c>.</summary>
    public string? Provider { get; set; }

    /// <summary>
    /// The address that the protocol's own paths are added to, without a query. By default OpenAI's or Anthropic's own; an Azure resource's must be set. A use that has a
    /// provider or an endpoint of its own takes no key from the general settings: a key goes only where it was meant for.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>The model's name at the endpoint, at most <see cref="MaxModelLength"/> characters; on Azure the deployment's.</summary>
    public string? Model { get; set; }

    /// <summary>
    /// What signs in. OpenAI and Anthropic themselves need one, an endpoint of one's own may not, and on Azure the app's managed identity is used without one. Never shown.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// The most tokens of one answer, <see cref="LowestMaxOutputTokens"/> to <see cref="HighestMaxOutputTokens"/>; by default <see cref="DefaultMaxOutputTokens"/>. What a
    /// model thinks before it answers counts too.
    /// </summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>
    /// What a million tokens cost that the model is given, in any one currency, 0 to <see cref="HighestPrice"/>. Calls of a model without a price cost nothing. A use whose model is
    /// another than the general one takes no price from the general settings: a price is a model's.
    /// </summary>
    public decimal? InputPrice { get; set; }

    /// <summary>What a million of those tokens cost that the provider has from an earlier call, 0 to <see cref="HighestPrice"/>; as the others where nobody says.</summary>
    public decimal? CachedInputPrice { get; set; }

    /// <summary>What a million tokens cost that the model gives, 0 to <see cref="HighestPrice"/>.</summary>
    public decimal? OutputPrice { get; set; }
}
