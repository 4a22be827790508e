namespace Jobs.Domain.Generation;

/// <summary>The tokens of a model that work has taken.</summary>
/// <param name="Input">Tokens that the model was given, 0 or more.</param>
/// <param name="Cached">How many of <paramref name="Input"/> the provider had from an earlier call.</param>
/// <param name="Output">Tokens that the model gave, 0 or more.</param>
public readonly record struct ModelUsage(long Input, long Cached, long Output)
{
    /// <summary>No model was asked.</summary>
    public static ModelUsage None => default;

    /// <summary>Both together.</summary>
    public static ModelUsage operator +(ModelUsage left, ModelUsage right) =>
        new(left.Input + right.Input, left.Cached + right.Cached, left.Output + right.Output);
}
