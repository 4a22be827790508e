using System.Numerics;

namespace Jobs.Documents.Crawling;

/// <summary>
/// A hash of 64 bits that is nearly the same for texts that are nearly the same (Charikar): of every three words in a row a hash is made, and each bit of the result is what most of
/// them have there. Words are runs of letters and digits, without regard to case.
/// </summary>
internal static class SimHash
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The hash of a text, and how many words it has.</summary>
    public static (ulong Hash, int Words) Of(string text)
    {
        Span<int> votes = stackalloc int[64];
        votes.Clear();
        ulong first = 0, second = 0;
        var words = 0;
        for (var i = 0; i < text.Length;)
        {
            if (!char.IsLetterOrDigit(text[i]))
            {
                i++;
                continue;
            }

            var word = OffsetBasis;
            for (; i < text.Length && char.IsLetterOrDigit(text[i]); i++)
            {
                word = (word ^ char.ToLowerInvariant(text[i])) * Prime;
            }

            words++;
            Vote(votes, Mix(Mix(Mix(first) + second) + word));
            first = second;
            second = word;
        }

        ulong hash = 0;
        for (var bit = 0; bit < 64; bit++)
        {
            hash |= votes[bit] > 0 ? 1UL << bit : 0;
        }

        return (hash, words);
    }

    /// <summary>In how many bits two hashes differ.</summary>
    public static int Distance(ulong a, ulong b) => BitOperations.PopCount(a ^ b);

    private static void Vote(Span<int> votes, ulong hash)
    {
        for (var bit = 0; bit < votes.Length; bit++)
        {
            votes[bit] += (int)((hash >> bit) & 1) * 2 - 1;
        }
    }

    /// <summary>Spreads every bit over all (the finaliser of MurmurHash3).</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
        value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }
}
