namespace Jobs.Local.Storage.Tables;

/// <summary>
/// The order of strings: by Unicode code point, which is the order of UTF-8 bytes and so the order of the database's index. It is the ordinal order of
/// .NET but for characters above U+FFFF, which .NET sorts before U+E000.
/// </summary>
internal static class KeyOrder
{
    public static int Compare(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        return common == left.Length || common == right.Length
            ? left.Length.CompareTo(right.Length)
            : Rank(left[common]).CompareTo(Rank(right[common]));
    }

    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
