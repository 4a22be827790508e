namespace Jobs.Local.Storage.Tables;

/// <summary>A range of keys; null bounds are open ends.</summary>
/// <param name="Lower">The lower bound.</param>
/// <param name="LowerInclusive">Whether the lower bound itself is in the range.</param>
/// <param name="Upper">The upper bound.</param>
/// <param name="UpperInclusive">Whether the upper bound itself is in the range.</param>
internal readonly record struct KeyRange(string? Lower, bool LowerInclusive, string? Upper, bool UpperInclusive)
{
    /// <summary>Every key.</summary>
    public static KeyRange All => new(null, true, null, true);

    /// <summary>The one key of the range, if it has only one.</summary>
    public string? Single => Lower is not null && LowerInclusive && UpperInclusive && Lower == Upper ? Lower : null;

    /// <summary>The part of the range that is also at or above <paramref name="bound"/>.</summary>
    public KeyRange From(string bound, bool inclusive)
    {
        var order = Lower is null ? 1 : KeyOrder.Compare(bound, Lower);
        return order > 0 ? this with { Lower = bound, LowerInclusive = inclusive } : order == 0 ? this with { LowerInclusive = LowerInclusive && inclusive } : this;
    }

    /// <summary>The part of the range that is also at or below <paramref name="bound"/>.</summary>
    public KeyRange To(string bound, bool inclusive)
    {
        var order = Upper is null ? -1 : KeyOrder.Compare(bound, Upper);
        return order < 0 ? this with { Upper = bound, UpperInclusive = inclusive } : order == 0 ? this with { UpperInclusive = UpperInclusive && inclusive } : this;
    }
}
