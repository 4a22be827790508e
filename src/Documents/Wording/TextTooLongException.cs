namespace Jobs.Documents.Wording;

/// <summary>Something that others wrote is longer, or more, than what is worked on. The message names the limit and may be shown.</summary>
public sealed class TextTooLongException(string message) : Exception(message)
{
    internal static void ThrowIfLonger(int length, int limit, string what)
    {
        if (length > limit)
        {
            throw new TextTooLongException(FormattableString.Invariant($"{what} has {length} characters; at most {limit} are worked on."));
        }
    }

    internal static void ThrowIfMore(int count, int limit, string what)
    {
        if (count > limit)
        {
            throw new TextTooLongException(FormattableString.Invariant($"There are {count} {what}; at most {limit} are worked on."));
        }
    }
}
