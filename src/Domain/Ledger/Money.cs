namespace Jobs.Domain.Ledger;

/// <summary>Amounts of the currency of the prices, whichever that is, are counted in millionths of it.</summary>
public static class Money
{
    private const decimal Millionths = 1_000_000;

    /// <summary>An amount in the currency.</summary>
    public static decimal ToAmount(long millionths) => millionths / Millionths;

    /// <summary>An amount in whole millionths; what is less than one is left out.</summary>
    public static long ToMillionths(decimal amount) => (long)(amount * Millionths);
}
