using System.Globalization;
using Microsoft.Extensions.Options;

namespace Jobs.Generation.Ai;

/// <summary>Refuses settings that cannot work, at start and all at once. A message names the setting and never shows a key.</summary>
internal sealed class AiOptionsValidation : IValidateOptions<AiOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AiOptions options)
    {
        List<string> faults = [];
        CheckAlone(AiOptions.Section, options, faults);
        CheckModel($"{AiOptions.Section}:{nameof(AiOptions.EmbeddingModel)}", options.EmbeddingModel, faults);
        if (options.EmbeddingDimensions is < 1 or > AiOptions.HighestEmbeddingDimensions)
        {
            faults.Add($"The setting {AiOptions.Section}:{nameof(AiOptions.EmbeddingDimensions)} must be a whole number from 1 to {AiOptions.HighestEmbeddingDimensions}.");
        }

        CheckAmount($"{AiOptions.Section}:{nameof(AiOptions.EmbeddingPrice)}", options.EmbeddingPrice, AiUseOptions.HighestPrice, faults);
        if (options.TurnTimeLimit < AiOptions.LowestTurnTimeLimit || options.TurnTimeLimit > AiOptions.HighestTurnTimeLimit)
        {
            faults.Add($"The setting {AiOptions.Section}:{nameof(AiOptions.TurnTimeLimit)} must be a time from {AiOptions.LowestTurnTimeLimit} to {AiOptions.HighestTurnTimeLimit}.");
        }

        if (options.MaxConcurrent is < 1 or > AiOptions.HighestMaxConcurrent)
        {
            faults.Add($"The setting {AiOptions.Section}:{nameof(AiOptions.MaxConcurrent)} must be a whole number from 1 to {AiOptions.HighestMaxConcurrent}.");
        }

        CheckAmount($"{AiOptions.Section}:{nameof(AiOptions.SpendingLimit)}", options.SpendingLimit, AiOptions.HighestSpendingLimit, faults);
        CheckAmount($"{AiOptions.Section}:{nameof(AiOptions.BuildSpendingLimit)}", options.BuildSpendingLimit, AiOptions.HighestSpendingLimit, faults);
        if (AiTarget.Given(options.Credential) is not (null or AiOptions.ManagedIdentity))
        {
            faults.Add($"The setting {AiOptions.Section}:{nameof(AiOptions.Credential)} must be {AiOptions.ManagedIdentity}, or not be set.");
        }

        if (AiTarget.Given(options.ClientId) is { } clientId && !Guid.TryParseExact(clientId, "D", out _))
        {
            faults.Add($"The setting {AiOptions.Section}:{nameof(AiOptions.ClientId)} must be the client id of an identity, such as 00000000-0000-0000-0000-000000000000.");
        }

        foreach (var use in Enum.GetValues<AiUse>())
        {
            CheckAlone(SectionOf(use), options.For(use), faults);
        }

        if (faults.Count == 0)
        {
            CheckTogether(options, faults);
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>What the settings' names of a use begin with.</summary>
    public static string SectionOf(AiUse use) => $"{AiOptions.Section}:{use}";

    /// <summary>Each setting by itself.</summary>
    private static void CheckAlone(string section, AiUseOptions options, List<string> faults)
    {
        CheckModel($"{section}:{nameof(options.Model)}", options.Model, faults);
        if (options.Key is { } key && key.Any(c => c is <= ' ' or > '~'))
        {
            faults.Add($"The setting {section}:{nameof(options.Key)} must be a key on one line: no blanks, and only characters of ASCII.");
        }

        if (options.MaxOutputTokens is < AiUseOptions.LowestMaxOutputTokens or > AiUseOptions.HighestMaxOutputTokens)
        {
            faults.Add(
                $"The setting {section}:{nameof(options.MaxOutputTokens)} must be a whole number from {AiUseOptions.LowestMaxOutputTokens} to {AiUseOptions.HighestMaxOutputTokens}.");
        }

        CheckAmount($"{section}:{nameof(options.InputPrice)}", options.InputPrice, AiUseOptions.HighestPrice, faults);
        CheckAmount($"{section}:{nameof(options.CachedInputPrice)}", options.CachedInputPrice, AiUseOptions.HighestPrice, faults);
        CheckAmount($"{section}:{nameof(options.OutputPrice)}", options.OutputPrice, AiUseOptions.HighestPrice, faults);
    }

    private static void CheckAmount(string setting, decimal? amount, decimal most, List<string> faults)
    {
        if (amount < 0 || amount > most)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"The setting {setting} must be a number from 0 to {most}."));
        }
    }

    private static void CheckModel(string setting, string? model, List<string> faults)
    {
        if (model is { Length: > 0 } && (model.Length > AiUseOptions.MaxModelLength || model.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))))
        {
            faults.Add($"The setting {setting} must be the name of a model: at most {AiUseOptions.MaxModelLength} characters and no blanks.");
        }
    }

    /// <summary>Whether they name somebody to talk to.</summary>
    private static void CheckTogether(AiOptions options, List<string> faults)
    {
        if (!options.IsConfigured)
        {
            faults.AddRange(
                from use in Enum.GetValues<AiUse>()
                where AiTarget.Given(options.For(use).Model) is not null
                select $"The setting {AiOptions.Section}:{nameof(options.Model)} must be set where {SectionOf(use)}:{nameof(options.Model)} is.");
            if (AiTarget.Given(options.EmbeddingModel) is not null)
            {
                faults.Add($"The setting {AiOptions.Section}:{nameof(options.Model)} must be set where {AiOptions.Section}:{nameof(options.EmbeddingModel)} is.");
            }

            return;
        }

        if (AiTarget.Resolve(options, AiOptions.Section, options, faults) is not { } general)
        {
            // The uses would only repeat it.
            return;
        }

        if (general.Provider is AiProvider.Anthropic && AiTarget.Given(options.EmbeddingModel) is not null)
        {
            faults.Add($"The setting {AiOptions.Section}:{nameof(options.EmbeddingModel)} cannot be set with the provider anthropic, which has no embeddings.");
        }

        if (options is { MakesEmbeddings: true, EmbeddingPrice: null } && (general.Price is not null || options.SpendingLimit is not null || options.BuildSpendingLimit is not null))
        {
            faults.Add(
                $"The setting {AiOptions.Section}:{nameof(options.EmbeddingPrice)} must be set where {AiOptions.Section}:{nameof(options.EmbeddingModel)} is: the other model has a price, or what models cost has a limit.");
        }

        foreach (var use in Enum.GetValues<AiUse>())
        {
            AiTarget.Resolve(options, SectionOf(use), options.For(use), faults);
        }
    }
}
