namespace Jobs.Eval.Browser;

/// <summary>How long to wait for what should happen on a page.</summary>
/// <param name="ToShow">Until it shows anything.</param>
/// <param name="ToHappen">Until what somebody did has its effect.</param>
internal sealed record Patience(TimeSpan ToShow, TimeSpan ToHappen)
{
    /// <summary>Enough for a busy machine.</summary>
    public static Patience Default { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
}
