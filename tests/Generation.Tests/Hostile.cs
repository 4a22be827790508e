namespace Jobs.Generation.Tests;

/// <summary>Prompts that try to get out of the string literals that they are put into.</summary>
internal static class Hostile
{
    /// <summary>Occurs in no generated source, unless a payload got out of its literal or into another file.</summary>
    public const string Marker = "pwned";

    public static readonly string[] Payloads =
    [
        "\"; alert('pwned'); \"",
        "'); alert(`pwned`); ('",
        "`${alert('pwned')}`",
        "\\\"; pwned(); //",
        "\\",
        "</script><script>pwned()</script>",
        "*/ pwned() /*",
        "-->",
        "} body { background: url(https://pwned.example/) } .x {",
        "red; } @import 'https://pwned.example/x.css'; .a {",
        "../../etc/pwned",
        "\0\u0001\u001b[31mpwned\u007f\u0085",
        "line one\nline two\r\nline three\u2028pwned\u2029pwned",
        "👩‍👩‍👧‍👦 pwned 🏳️‍🌈 \ud83d",
        "\udc00\ud800 pwned",
        "\u202e\u2066pwned\u2069\u202c ‏עברית‎ العربية",
        "{\"kind\":\"card\",\"pwned\":1}",
        "\uFEFF<img src=x onerror=pwned()>",
        "$& $1 $$ pwned {0} {{pwned}} {config}",
    ];

    private static readonly string[] Frames =
    [
        "{0}",
        "a counter called \"{0}\" with a red button saying \"{0}\"",
        "a to-do list: {0}, {0} again, milk",
        "a contact form with {0}, email and {0}",
        "a countdown to {0} on 24 June 2027",
        "a poll: {0}? {0}, b {0}, c",
        "quiz: {0}? a {0} / b {0}*",
        "price table: {0} $9 ({0}), Pro $29",
        "bar chart: {0} 5, x{0} 3",
        "a converter titled '{0}' for km to miles",
        "a card in {0}: {0}; {0}",
    ];

    /// <summary>Every payload in every frame, and some very long ones.</summary>
    public static IEnumerable<string> Prompts { get; } =
    [
        .. Frames.SelectMany(frame => Payloads.Select(payload => frame.Replace("{0}", payload))),
        .. Frames.Select(frame => frame.Replace("{0}", string.Concat(Payloads))),
        .. new[] { "\"", "'", "`", "a \"", "add ", "red button ", "called ", "? ", "😀", "\ud83d", "a, ", "1 to ", "km to miles and ", "with ", "replace x with ", ": ", "(", "\n- x" }
            .Select(part => "a poll " + string.Concat(Enumerable.Repeat(part, MaxPromptLength / part.Length))[..(MaxPromptLength - 7)]),
    ];

    /// <summary>The longest prompt that the API accepts.</summary>
    public const int MaxPromptLength = 32_000;
}
