using System.Globalization;
using System.Text;

namespace Jobs.Documents.Crawling;

/// <summary>A rule of a robots.txt: whether the paths that a pattern fits may be crawled.</summary>
/// <param name="Allow">True for <c>allow</c>.</param>
/// <param name="Path">The pattern, as <see cref="RobotsRules"/> compares it.</param>
public sealed record RobotsRule(bool Allow, string Path);

/// <summary>What a robots.txt says to one crawler (RFC 9309): the rules of the groups for it, else of the groups for all.</summary>
public sealed record RobotsRules
{
    /// <summary>No rules: everything may be crawled.</summary>
    public static readonly RobotsRules AllowAll = new();

    /// <summary>Nothing may be crawled.</summary>
    public static readonly RobotsRules DisallowAll = new() { Rules = [new RobotsRule(false, "/")] };

    /// <summary>The rules in the file's order.</summary>
    public IReadOnlyList<RobotsRule> Rules { get; init; } = [];

    /// <summary>The time that the host wants between two requests, in milliseconds, at most <see cref="CrawlLimits.MaxDelayMilliseconds"/>; null when it asks for none.</summary>
    public int? DelayMilliseconds { get; init; }

    /// <summary>
    /// True when a path with its query may be crawled: the longest pattern that fits decides, of equally long ones the one that allows, and without any everything may be. In
    /// patterns <c>*</c> stands for any characters and <c>$</c>, at the end, for the end. The robots.txt itself may always be read.
    /// </summary>
    public bool IsAllowed(string pathAndQuery)
    {
        if (Rules.Count == 0 || pathAndQuery == "/robots.txt")
        {
            return true;
        }

        var path = Comparable(pathAndQuery, isPattern: false);
        var longest = -1;
        var isAllowed = true;
        foreach (var rule in Rules)
        {
            if (rule.Path.Length >= longest && (rule.Path.Length > longest || rule.Allow) && Fits(path, rule.Path))
            {
                longest = rule.Path.Length;
                isAllowed = rule.Allow;
            }
        }

        return isAllowed;
    }

    /// <summary>True when a pattern fits the beginning of a path. Each part between stars is taken where it comes first, so that the time is bounded by the product of the lengths.</summary>
    internal static bool Fits(ReadOnlySpan<char> path, ReadOnlySpan<char> pattern)
    {
        var isToEnd = pattern is [.., '$'];
        if (isToEnd)
        {
            pattern = pattern[..^1];
        }

        var star = pattern.IndexOf('*');
        var first = star < 0 ? pattern : pattern[..star];
        if (!path.StartsWith(first, StringComparison.Ordinal))
        {
            return false;
        }

        path = path[first.Length..];
        while (star >= 0)
        {
            pattern = pattern[(star + 1)..];
            star = pattern.IndexOf('*');
            if (star < 0 && isToEnd)
            {
                return path.EndsWith(pattern, StringComparison.Ordinal);
            }

            var part = star < 0 ? pattern : pattern[..star];
            var at = path.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            path = path[(at + part.Length)..];
        }

        return !isToEnd || path.IsEmpty;
    }

    /// <summary>
    /// A path or pattern in the form in which both are compared, as RFC 9309 lays down: what is not ASCII is percent-encoded, and so are <c>:</c> and <c>/</c> in a query; what need
    /// not be encoded is not. A path's own <c>*</c> and <c>$</c> are encoded, because a pattern names them so.
    /// </summary>
    internal static string Comparable(string text, bool isPattern)
    {
        var result = new StringBuilder(text.Length);
        var isQuery = false;
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                var value = (char)int.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (char.IsAsciiLetterOrDigit(value) || value is '-' or '.' or '_' or '~')
                {
                    result.Append(value);
                }
                else
                {
                    Encode(result, (byte)value);
                }

                i += 2;
            }
            else if (c > '\x7F')
            {
                var rune = Rune.GetRuneAt(SafePair(text, i), 0);
                foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                {
                    Encode(result, b);
                }

                i += rune.Utf16SequenceLength - 1;
            }
            else if ((isQuery && c is ':' or '/') || (!isPattern && c is '*' or '$'))
            {
                Encode(result, (byte)c);
            }
            else
            {
                isQuery |= c == '?';
                result.Append(c);
            }
        }

        return result.ToString();
    }

    /// <summary>The character at a place, as text that is no half of a surrogate pair.</summary>
    private static string SafePair(string text, int index) =>
        !char.IsSurrogate(text[index]) ? text.Substring(index, 1)
        : char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? text.Substring(index, 2)
        : "\uFFFD";

    private static void Encode(StringBuilder result, byte value) => result.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
}

/// <summary>A robots.txt, read.</summary>
/// <param name="Rules">What it says to this crawler.</param>
/// <param name="Sitemaps">The addresses of sitemaps that it names, as they stand, at most <see cref="CrawlLimits.MaxSitemaps"/>.</param>
/// <param name="IsTooLarge">True when it has more rules for this crawler than are kept; <paramref name="Rules"/> then allow nothing.</param>
public sealed record RobotsFile(RobotsRules Rules, IReadOnlyList<string> Sitemaps, bool IsTooLarge)
{
    /// <summary>
    /// Reads a robots.txt for a crawler. What is beyond <see cref="CrawlLimits.MaxRobotsBytes"/> is not read, an incomplete line at that place included; what is not understood is
    /// passed over.
    /// </summary>
    public static RobotsFile Parse(ReadOnlySpan<byte> body, string userAgent)
    {
        if (body.Length > CrawlLimits.MaxRobotsBytes)
        {
            body = body[..CrawlLimits.MaxRobotsBytes];
            body = body[..(body.LastIndexOfAny((byte)'\n', (byte)'\r') + 1)];
        }

        var reading = new Reading(userAgent);
        foreach (var line in Encoding.UTF8.GetString(body).TrimStart('\uFEFF').AsSpan().EnumerateLines())
        {
            var comment = line.IndexOf('#');
            var content = comment < 0 ? line : line[..comment];
            var colon = content.IndexOf(':');
            if (colon > 0)
            {
                reading.See(content[..colon].Trim(), content[(colon + 1)..].Trim());
            }
        }

        return reading.File();
    }

    private sealed class Reading(string userAgent)
    {
        private readonly Group _own = new();
        private readonly Group _all = new();
        private readonly List<string> _sitemaps = [];
        private bool _isForUs;
        private bool _isForAll;
        private bool _isInAgents;

        public void See(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
        {
            if (Is(name, "user-agent"))
            {
                if (!_isInAgents)
                {
                    _isForUs = _isForAll = false;
                }

                _isInAgents = true;
                _isForAll |= value is ['*'] or ['*', ' ' or '\t', ..];
                var isForUs = Token(value).Equals(userAgent, StringComparison.OrdinalIgnoreCase);
                _isForUs |= isForUs;
                _own.IsThere |= isForUs;
            }
            else if (Is(name, "allow") || Is(name, "disallow"))
            {
                _isInAgents = false;
                // An empty pattern says nothing.
                if (value.Length > 0 && (_isForUs || _isForAll))
                {
                    var rule = new RobotsRule(Is(name, "allow"), RobotsRules.Comparable(value is ['/' or '*', ..] ? value.ToString() : "/" + value.ToString(), isPattern: true));
                    Add(group => group.Add(rule));
                }
            }
            else if (Is(name, "crawl-delay"))
            {
                _isInAgents = false;
                if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
                {
                    var delay = (int)Math.Min(Math.Ceiling(seconds * 1_000), CrawlLimits.MaxDelayMilliseconds);
                    Add(group => group.Delay = Math.Max(group.Delay ?? 0, delay));
                }
            }
            else if (Is(name, "sitemap") && _sitemaps.Count < CrawlLimits.MaxSitemaps && value.Length is > 0 and <= CrawlLimits.MaxAddressCharacters)
            {
                _sitemaps.Add(value.ToString());
            }
        }

        public RobotsFile File()
        {
            var group = _own.IsThere ? _own : _all;
            return group.IsTooLarge
                ? new RobotsFile(RobotsRules.DisallowAll, _sitemaps, true)
                : new RobotsFile(new RobotsRules { Rules = group.Rules, DelayMilliseconds = group.Delay }, _sitemaps, false);
        }

        private void Add(Action<Group> change)
        {
            if (_isForUs)
            {
                change(_own);
            }

            if (_isForAll)
            {
                change(_all);
            }
        }

        /// <summary>The name at the beginning of a value such as <c>JobsCrawler/1.0 (…)</c>.</summary>
        private static ReadOnlySpan<char> Token(ReadOnlySpan<char> value)
        {
            var end = 0;
            while (end < value.Length && (char.IsAsciiLetter(value[end]) || value[end] is '-' or '_'))
            {
                end++;
            }

            return value[..end];
        }

        private static bool Is(ReadOnlySpan<char> text, ReadOnlySpan<char> word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    private sealed class Group
    {
        private int _characters;

        public List<RobotsRule> Rules { get; } = [];

        public int? Delay { get; set; }

        public bool IsThere { get; set; }

        public bool IsTooLarge { get; private set; }

        public void Add(RobotsRule rule)
        {
            _characters += rule.Path.Length;
            if (Rules.Count == CrawlLimits.MaxRobotsRules || _characters > CrawlLimits.MaxRobotsCharacters)
            {
                IsTooLarge = true;
            }
            else
            {
                Rules.Add(rule);
            }
        }
    }
}
