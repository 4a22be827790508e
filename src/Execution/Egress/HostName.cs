using System.Diagnostics.CodeAnalysis;

namespace Jobs.Execution.Egress;

/// <summary>
/// The names of hosts that we call on behalf of others: full DNS names in ASCII and lower case, an international one in its <c>xn--</c> form. No IP address in any spelling, no
/// name of a single label (which a resolver would complete), no dot at the end.
/// </summary>
public static class HostName
{
    /// <summary>The most characters of a name, in its ASCII form.</summary>
    public const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    /// <summary>Brings a name that somebody typed into the one form that we compare; <paramref name="error"/> says which rule it breaks.</summary>
    public static bool TryNormalise(string text, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        // Only what may stand in a name, so that the parser cannot take a part of it for something else.
        if (text.Length is 0 or > MaxLength || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' || (c > 0x7f && !char.IsWhiteSpace(c) && !char.IsControl(c))))
        {
            error = $"must be a host name of 1 to {MaxLength} letters, digits, '-' and '.', without a scheme, port or path";
            return false;
        }

        if (!Uri.TryCreate($"https://{text}/", UriKind.Absolute, out var uri))
        {
            error = "is not a host name";
            return false;
        }

        name = uri.IdnHost.ToLowerInvariant();
        error = uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 ? "must be a name, not an IP address" : ErrorOf(name);
        if (error is not null)
        {
            name = null;
        }

        return error is null;
    }

    /// <summary>The rule that a name in its ASCII form breaks; null when it breaks none.</summary>
    internal static string? ErrorOf(string name)
    {
        if (name.Length > MaxLength)
        {
            return $"must have at most {MaxLength} characters";
        }

        var labels = name.Split('.');
        if (labels.Length < 2)
        {
            return "must be a full name with a domain, such as api.example.com";
        }

        foreach (var label in labels)
        {
            if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-' || !label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                return $"must consist of parts of 1 to {MaxLabelLength} letters, digits and '-', separated by '.', without a '.' at the end";
            }
        }

        // No top-level domain begins with a digit; "1.2.3.4", "0x7f.1" and "127.0.0.1.5" do end in one that does.
        return char.IsAsciiDigit(labels[^1][0]) ? "must be a name, not an IP address" : null;
    }
}
