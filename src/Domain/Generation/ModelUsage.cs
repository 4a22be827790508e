namespace Jobs.Domain.Generation;

/// <summary>The tokens of a model that work has taken, and what they cost.</summary>
/// <param name="Input">Tokens that the model was given, 0 or more.</param>
/// <param name="Cached">How many of <paramref name="Input"/> the provider had from an earlier call.</param>
/// <param name="Output">Tokens that the model gave, 0 or more.</param>
/// <param name="Cost">What they cost, in millionths of the currency of the prices, 0 or more; 0 where the model has no price.</param>
public readonly record struct ModelUsage(long Input, long Cached, long Output, long Cost = 0)
{
    /// <summary>No model was asked.</summary>
    public static ModelUsage None => default;

    /// <summary>Both together.</summary>
    public static ModelUsage operator +(ModelUsage left, ModelUsage right) =>
        new(left.Input + right.Input, left.Cached + right.Cached, left.Output + right.Output, left.Cost + right.Cost);
}
