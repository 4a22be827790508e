using Jobs.Domain.Generation;

namespace Jobs.Generation.Ai;

/// <summary>Whom one use talks to: the settings with all that they leave open filled in.</summary>
/// <param name="Provider">The protocol.</param>
/// <param name="Endpoint">The address that its paths are added to.</param>
/// <param name="Model">The model's name there.</param>
/// <param name="Key">What signs in; null for nothing, on Azure for the managed identity. Not part of <see cref="ToString"/>.</param>
/// <param name="MaxOutputTokens">The most tokens of one answer.</param>
/// <param name="Price">What its tokens cost; null where nobody says.</param>
internal sealed record AiTarget(AiProvider Provider, Uri Endpoint, string Model, string? Key, int MaxOutputTokens, ModelPrice? Price)
{
    /// <summary>Names of the providers, as in the settings.</summary>
    public static readonly IReadOnlyDictionary<string, AiProvider> Providers = new Dictionary<string, AiProvider>
    {
        ["openai"] = AiProvider.OpenAi,
        ["azure-openai"] = AiProvider.AzureOpenAi,
        ["anthropic"] = AiProvider.Anthropic,
    };

    private const string AzurePath = "/openai/v1/";

    private static readonly Uri OpenAi = new("https://api.openai.com/v1/");
    private static readonly Uri Anthropic = new("https://api.anthropic.com/");

    /// <summary>
    /// Whether the bound of an answer is called <c>max_tokens</c>. OpenAI itself has given that up for <c>max_completion_tokens</c>, which Ollama and others do not know.
    /// </summary>
    public bool SaysMaxTokens => Provider is AiProvider.OpenAi && Endpoint.Host != OpenAi.Host;

    /// <summary>The name of the provider, as in the settings.</summary>
    public string ProviderName => Providers.Single(name => name.Value == Provider).Key;

    /// <summary>
    /// The target of one use, or of what has no settings of its own with <paramref name="use"/> = <paramref name="general"/>. Null where the settings name none; each reason is
    /// then added to <paramref name="faults"/>, names the setting and shows no key.
    /// </summary>
    public static AiTarget? Resolve(AiOptions general, string section, AiUseOptions use, ICollection<string> faults)
    {
        var before = faults.Count;
        var providerName = Given(use.Provider) ?? Given(general.Provider) ?? "openai";
        if (!Providers.TryGetValue(providerName, out var provider))
        {
            faults.Add($"The setting {Name(use.Provider, nameof(Provider))} must be {string.Join(", ", Providers.Keys.SkipLast(1))} or {Providers.Keys.Last()}.");
            return null;
        }

        var isElsewhere = Given(use.Endpoint) is not null || providerName != (Given(general.Provider) ?? "openai");
        var endpointText = Given(use.Endpoint) ?? (isElsewhere ? null : Given(general.Endpoint));
        var key = Given(use.Key) ?? (isElsewhere ? null : Given(general.Key));
        var endpoint = ReadEndpoint(provider, endpointText, Name(use.Endpoint ?? (isElsewhere ? "" : null), nameof(Endpoint)), faults);
        var model = Given(use.Model) ?? (providerName == (Given(general.Provider) ?? "openai") ? Given(general.Model) : null);
        if (model is null)
        {
            faults.Add($"The setting {section}:{nameof(Model)} must be set: the model of another provider has another name.");
        }

        if (key is null && (endpoint == OpenAi || provider is AiProvider.Anthropic))
        {
            faults.Add($"The setting {section}:{nameof(Key)} must be set: {endpoint?.Host ?? providerName} takes nothing without a key.");
        }

        var maxOutputTokens = use.MaxOutputTokens ?? general.MaxOutputTokens ?? AiUseOptions.DefaultMaxOutputTokens;
        var isAnother = isElsewhere || model != Given(general.Model);
        var price = ReadPrice(general, section, use, isAnother, faults);
        return faults.Count > before ? null : new AiTarget(provider, endpoint!, model!, key, maxOutputTokens, price);

        string Name(string? own, string setting) => $"{(own is not null ? section : AiOptions.Section)}:{setting}";
    }

    /// <summary>For people: everything but the key.</summary>
    public override string ToString() => $"{ProviderName} at {Endpoint}, model {Model}";

    /// <summary>A setting that is there; an empty one is none.</summary>
    public static string? Given(string? setting) => string.IsNullOrEmpty(setting) ? null : setting;

    private static ModelPrice? ReadPrice(AiOptions general, string section, AiUseOptions use, bool isAnother, ICollection<string> faults)
    {
        var (settings, name) = HasPrice(use) || isAnother ? (use, section) : (general, AiOptions.Section);
        if (settings is { InputPrice: { } input, OutputPrice: { } output })
        {
            return new ModelPrice(input, settings.CachedInputPrice ?? input, output);
        }

        var missing = $"{name}:{(settings.InputPrice is null ? nameof(AiUseOptions.InputPrice) : nameof(AiUseOptions.OutputPrice))}";
        if (HasPrice(settings))
        {
            faults.Add($"The setting {missing} must be set where another price of the model is.");
        }
        else if (HasPrice(general))
        {
            faults.Add($"The setting {missing} must be set: the model is another than the one that the general price is of.");
        }
        else if (general.SpendingLimit is not null || general.BuildSpendingLimit is not null)
        {
            faults.Add($"The setting {missing} must be set: a spending limit holds nothing whose price is not known.");
        }

        return null;

        static bool HasPrice(AiUseOptions settings) => settings is not { InputPrice: null, CachedInputPrice: null, OutputPrice: null };
    }

    private static Uri? ReadEndpoint(AiProvider provider, string? text, string name, ICollection<string> faults)
    {
        if (text is null)
        {
            switch (provider)
            {
                case AiProvider.OpenAi:
                    return OpenAi;
                case AiProvider.Anthropic:
                    return Anthropic;
                case AiProvider.AzureOpenAi:
                    faults.Add($"The setting {name} must be set: the resource's address, for example https://my-resource.openai.azure.com.");
                    return null;
            }
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
            || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            faults.Add($"The setting {name} must be an address that begins with https:// or http:// and has no user, query or fragment.");
            return null;
        }

        var isSafe = uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback;
        switch (provider)
        {
            case AiProvider.AzureOpenAi when !isSafe:
            case AiProvider.Anthropic when !isSafe:
                faults.Add($"The setting {name} must begin with https://: the key goes there.");
                return null;
            case AiProvider.AzureOpenAi when uri.AbsolutePath is not ("/" or "/openai/v1" or AzurePath):
                faults.Add($"The setting {name} must be the resource's address alone, or with the path {AzurePath}.");
                return null;
            case AiProvider.AzureOpenAi:
                return new Uri(uri, AzurePath);
            case AiProvider.Anthropic when uri.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal):
                faults.Add($"The setting {name} must end before /v1, which Anthropic's client adds itself.");
                return null;
            default:
                return uri.AbsoluteUri.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/");
        }
    }
}
