using Jobs.Documents.Parsing;

namespace Jobs.Documents.Tests.Parsing;

public sealed class SheetNumbersTests
{
    [Theory]
    [InlineData("General", nameof(SheetNumberKind.Number))]
    [InlineData("#,##0.00 \"days\"", nameof(SheetNumberKind.Number))]
    [InlineData("[Red]0.00", nameof(SheetNumberKind.Number))]
    [InlineData("0\\d", nameof(SheetNumberKind.Number))]
    [InlineData("0.0%", nameof(SheetNumberKind.Percentage))]
    [InlineData("dd\\.mm\\.yyyy", nameof(SheetNumberKind.Date))]
    [InlineData("[$-407]mmmm", nameof(SheetNumberKind.Date))]
    [InlineData("hh:mm", nameof(SheetNumberKind.Time))]
    [InlineData("[h]:mm:ss", nameof(SheetNumberKind.Time))]
    [InlineData("yyyy-mm-dd hh:mm", nameof(SheetNumberKind.DateTime))]
    [InlineData("0;yyyy", nameof(SheetNumberKind.Number))]
    public void Format_tells_what_a_number_stands_for(string code, string kind) => Assert.Equal(kind, SheetNumbers.KindOf(code).ToString());

    [Theory]
    [InlineData(0.1 + 0.2, nameof(SheetNumberKind.Number), false, "0.3")]
    [InlineData(0.255, nameof(SheetNumberKind.Percentage), false, "25.5%")]
    [InlineData(45351, nameof(SheetNumberKind.Date), false, "2024-02-29")]
    [InlineData(43889, nameof(SheetNumberKind.Date), true, "2024-02-29")]
    [InlineData(45351.5, nameof(SheetNumberKind.Date), false, "2024-02-29T12:00:00")]
    [InlineData(46022.9791666667, nameof(SheetNumberKind.DateTime), false, "2025-12-31T23:30:00")]
    [InlineData(0.354166666666667, nameof(SheetNumberKind.Time), false, "08:30:00")]
    [InlineData(1.5, nameof(SheetNumberKind.Time), false, "36:00:00")]
    [InlineData(-1, nameof(SheetNumberKind.Date), false, "-1")]
    [InlineData(1e300, nameof(SheetNumberKind.Date), false, "1E+300")]
    public void Number_is_written_as_what_it_stands_for(double number, string kind, bool isFrom1904, string text) =>
        Assert.Equal(text, SheetNumbers.Text(number, Enum.Parse<SheetNumberKind>(kind), isFrom1904));
}
