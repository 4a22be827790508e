using System.Security.Cryptography;

namespace Jobs.Execution.Sandbox;

/// <summary>
/// The hashes of all parts of a text, each in constant time after one pass: polynomials modulo 2^61 − 1 with a base that nobody outside can know, so that no text can be made for
/// which they are alike. Parts that are equal always have the same hash.
/// </summary>
internal sealed class PartHashes
{
    private const ulong Modulus = (1UL << 61) - 1;

    private static readonly ulong Base = (BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) % (Modulus - 0x10000)) + 0x10000;

    private readonly ulong[] _upTo;

    /// <summary>Reads a text once.</summary>
    public PartHashes(string text)
    {
        _upTo = new ulong[text.Length + 1];
        for (var i = 0; i < text.Length; i++)
        {
            _upTo[i + 1] = Append(_upTo[i], text[i]);
        }
    }

    /// <summary>The hash of a whole text.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = 0UL;
        foreach (var c in text)
        {
            hash = Append(hash, c);
        }

        return hash;
    }

    /// <summary>The hash of a text with one character more.</summary>
    public static ulong Append(ulong hash, char c) => Reduce(Multiply(hash, Base) + c + 1);

    /// <summary>What <see cref="Of(int, int, ulong)"/> needs to know of a length.</summary>
    public static ulong Shift(int length)
    {
        var (shift, square) = (1UL, Base);
        for (var rest = length; rest > 0; rest >>= 1)
        {
            if ((rest & 1) == 1)
            {
                shift = Multiply(shift, square);
            }

            square = Multiply(square, square);
        }

        return shift;
    }

    /// <summary>The next longer one of <see cref="Shift"/>.</summary>
    public static ulong NextShift(ulong shift) => Multiply(shift, Base);

    /// <summary>The hash of the part that begins at <paramref name="start"/>.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="shift"><see cref="Shift"/> of the length.</param>
    public ulong Of(int start, int length, ulong shift) => Reduce(_upTo[start + length] + Modulus - Multiply(_upTo[start], shift));

    private static ulong Multiply(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return Reduce((low & Modulus) + ((low >> 61) | (high << 3)));
    }

    private static ulong Reduce(ulong value)
    {
        value = (value & Modulus) + (value >> 61);
        return value >= Modulus ? value - Modulus : value;
    }
}
