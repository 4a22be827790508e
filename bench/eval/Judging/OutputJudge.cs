using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jobs.Eval.Cases;

namespace Jobs.Eval.Judging;

/// <summary>Compares an agent's output with what is expected of it.</summary>
internal static partial class OutputJudge
{
    private static readonly TimeSpan PatternTime = TimeSpan.FromSeconds(1);

    /// <summary>What is not as expected, in words; null when all is.</summary>
    /// <param name="expectation">What is expected.</param>
    /// <param name="output">The output.</param>
    /// <param name="before">The output of the run before; null for the first.</param>
    public static string? FaultOf(Expectation expectation, JsonElement output, JsonElement? before)
    {
        List<JsonElement> leaves = [.. LeavesOf(output, expectation.Field is null, expectation.Field)];
        var texts = leaves.Where(leaf => leaf.ValueKind is JsonValueKind.String).Select(leaf => leaf.GetString()!).ToList();
        var (isMet, wanted) = expectation switch
        {
            { Number: { } number } => (leaves.SelectMany(NumbersOf).Any(found => Math.Abs(found - number) <= expectation.Tolerance), Invariant($"the number {number}")),
            { Between: [var low, var high] } => (leaves.SelectMany(NumbersOf).Any(found => found >= low && found <= high), Invariant($"a number from {low} to {high}")),
            { Numbers: { } numbers } => (ListsOf(output).Any(found => found.SequenceEqual(numbers)), $"the numbers {string.Join(", ", numbers)}"),
            { Text: { } pattern } => (texts.Exists(text => Regex.IsMatch(text, pattern, RegexOptions.None, PatternTime)), $"a text like {pattern}"),
            { Not: { } unwanted } => (!texts.Exists(text => text.Contains(unwanted, StringComparison.OrdinalIgnoreCase)), $"no text with \"{unwanted}\""),
            { Boolean: { } truth } => (leaves.Exists(leaf => leaf.ValueKind == (truth ? JsonValueKind.True : JsonValueKind.False)), truth ? "true" : "false"),
            { Differs: true } => (before is { } earlier && !JsonElement.DeepEquals(earlier, output), "another output than the time before"),
            _ => throw new ArgumentException($"Nothing is expected: {expectation}", nameof(expectation)),
        };
        return isMet ? null : $"expected {wanted}{(expectation.Field is { } field ? $" in {field}" : "")}, got {output.GetRawText()}";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<JsonElement> LeavesOf(JsonElement element, bool counts, string? field) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            LeavesOf(property.Value, counts || Regex.IsMatch(property.Name, field!, RegexOptions.IgnoreCase), field)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => LeavesOf(item, counts, field)),
        _ => counts ? [element] : [],
    };

    private static IEnumerable<double> NumbersOf(JsonElement leaf) => leaf.ValueKind switch
    {
        JsonValueKind.Number => [leaf.GetDouble()],
        JsonValueKind.String => NumbersIn(leaf.GetString()!),
        _ => [],
    };

    private static IEnumerable<double> NumbersIn(string text) =>
        Numeral().Matches(text).Select(match => double.Parse(match.Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));

    /// <summary>Each list of numbers, and the numbers of each text.</summary>
    private static IEnumerable<IEnumerable<double>> ListsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => ListsOf(property.Value)),
        JsonValueKind.Array => [element.EnumerateArray().SelectMany(NumbersOf), .. element.EnumerateArray().SelectMany(ListsOf)],
        JsonValueKind.String => [NumbersIn(element.GetString()!)],
        _ => [],
    };

    [GeneratedRegex(@"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?")]
    private static partial Regex Numeral();
}
