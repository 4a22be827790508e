using System.Globalization;

namespace Jobs.Documents.Parsing;

/// <summary>What a number of a sheet stands for, by the format that it is shown in.</summary>
internal enum SheetNumberKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>A number of hundredths.</summary>
    Percentage,

    /// <summary>A day.</summary>
    Date,

    /// <summary>A time of day.</summary>
    Time,

    /// <summary>A day with a time.</summary>
    DateTime,
}

/// <summary>Numbers of sheets as text: invariant, dates by ISO 8601.</summary>
internal static class SheetNumbers
{
    /// <summary>31 December 9999, the last day that Excel knows.</summary>
    private const double MaxDate = 2_958_466;

    /// <summary>What a format of a number that every workbook has stands for.</summary>
    public static SheetNumberKind KindOf(uint id) => id switch
    {
        9 or 10 => SheetNumberKind.Percentage,
        (>= 14 and <= 17) or (>= 27 and <= 31) or (>= 34 and <= 36) or (>= 50 and <= 54) or (>= 57 and <= 58) => SheetNumberKind.Date,
        (>= 18 and <= 21) or (>= 32 and <= 33) or (>= 45 and <= 47) or (>= 55 and <= 56) => SheetNumberKind.Time,
        22 => SheetNumberKind.DateTime,
        _ => SheetNumberKind.Number,
    };

    /// <summary>What a workbook's own format stands for: it shows days or years, hours or seconds, or a percent sign, outside quotes and brackets.</summary>
    public static SheetNumberKind KindOf(string code)
    {
        bool hasDate = false, hasTime = false, hasMonth = false, hasPercent = false;
        for (var i = 0; i < code.Length && code[i] != ';'; i++)
        {
            switch (code[i])
            {
                case '"':
                    i = Skip(code, i, '"');
                    break;
                case '[':
                    // "[h]" counts hours; others are colours, conditions and languages.
                    hasTime |= i + 2 < code.Length && code[i + 1] is 'h' or 'H' or 'm' or 'M' or 's' or 'S' && code[i + 2] is ']' or 'h' or 'H' or 'm' or 'M' or 's' or 'S';
                    i = Skip(code, i, ']');
                    break;
                case '\\' or '_' or '*':
                    i++;
                    break;
                case 'd' or 'D' or 'y' or 'Y':
                    hasDate = true;
                    break;
                case 'h' or 'H' or 's' or 'S':
                    hasTime = true;
                    break;
                case 'm' or 'M':
                    hasMonth = true;
                    break;
                case '%':
                    hasPercent = true;
                    break;
                case 'G' or 'g' when code.AsSpan(i).StartsWith("General", StringComparison.OrdinalIgnoreCase):
                    i += "General".Length - 1;
                    break;
            }
        }

        return (hasDate || hasMonth && !hasTime, hasTime) switch
        {
            (true, true) => SheetNumberKind.DateTime,
            (true, false) => SheetNumberKind.Date,
            (false, true) => SheetNumberKind.Time,
            _ => hasPercent ? SheetNumberKind.Percentage : SheetNumberKind.Number,
        };
    }

    /// <summary>A number as text.</summary>
    /// <param name="number">The number.</param>
    /// <param name="kind">What it stands for.</param>
    /// <param name="isFrom1904">Whether day 0 is 1 January 1904, as on old Macs, and not 30 December 1899.</param>
    public static string Text(double number, SheetNumberKind kind, bool isFrom1904)
    {
        if (kind == SheetNumberKind.Percentage)
        {
            return Plain(number * 100) + "%";
        }

        var days = isFrom1904 ? number + 1_462 : number;
        if (kind == SheetNumberKind.Number || !(days >= 0 && days < MaxDate))
        {
            return Plain(number);
        }

        // To the second: what is stored is a fraction of a day, which hits none exactly.
        var moment = new DateTime(1899, 12, 30).AddSeconds(Math.Round(days * 86_400));
        var isTimeOnly = kind == SheetNumberKind.Time && number < 1;
        var pattern = isTimeOnly ? "HH:mm:ss" : kind == SheetNumberKind.Date && moment.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss";
        // More than a day of time is how long something took.
        return kind == SheetNumberKind.Time && !isTimeOnly
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(number * 24 + 1e-9):0}:{moment:mm:ss}")
            : moment.ToString(pattern, CultureInfo.InvariantCulture);
    }

    /// <summary>As Excel shows it: 15 digits, of which what a fraction cannot hold is gone.</summary>
    private static string Plain(double number) => number.ToString("G15", CultureInfo.InvariantCulture);

    private static int Skip(string code, int from, char end) => code.IndexOf(end, from + 1) is var index and >= 0 ? index : code.Length;
}
