using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis;

/// <summary>Divides a text into parts that follow one another, for readers who take only so many characters at once: where a line ends, else at a blank, else between characters.</summary>
internal static class Passages
{
    /// <summary>How long the parts are at most of which some are picked, in characters.</summary>
    public const int ShortLength = 2_000;

    /// <summary>What stands for the parts between those that were picked.</summary>
    public const string Gap = "\n[…]\n";

    public static List<TextSpan> Of(string text, int maxLength)
    {
        var passages = new List<TextSpan>();
        for (var first = 0; first < text.Length;)
        {
            var next = Math.Min(first + maxLength, text.Length);
            if (next < text.Length)
            {
                // A part is at least half full, so that there are at most twice as many as needed.
                var half = text.AsSpan(first + (maxLength / 2), maxLength - (maxLength / 2));
                var cut = half.LastIndexOf('\n') is >= 0 and var line ? line : half.LastIndexOf(' ');
                next = cut >= 0 ? first + (maxLength / 2) + cut + 1 : Cuts.Before(text, first, next);
            }

            passages.Add(new(first, next - first));
            first = next;
        }

        return passages;
    }
}
