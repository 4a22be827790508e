namespace Jobs.Domain.Generation;

/// <summary>What a model's tokens cost: for each million of them an amount of a currency, which is the same for each token in millionths of it.</summary>
/// <param name="Input">Tokens that the model is given, 0 or more.</param>
/// <param name="Cached">Those of them that the provider has from an earlier call.</param>
/// <param name="Output">Tokens that the model gives.</param>
public readonly record struct ModelPrice(decimal Input, decimal Cached, decimal Output)
{
    /// <summary>The usage with its cost, rounded up to a whole millionth. Cached tokens beyond the input's are not believed.</summary>
    public ModelUsage Of(ModelUsage usage)
    {
        var cached = Math.Min(usage.Cached, usage.Input);
        return usage with { Cost = (long)Math.Ceiling(((usage.Input - cached) * Input) + (cached * Cached) + (usage.Output * Output)) };
    }

    /// <summary>The most that so many tokens cost, however many of them the provider has.</summary>
    public ModelUsage MostOf(long input, long output)
    {
        var dearest = Math.Max(Input, Cached);
        return (this with { Input = dearest, Cached = dearest }).Of(new ModelUsage(input, 0, output));
    }
}
