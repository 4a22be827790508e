using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>The header <c>Prefer</c> (RFC 7240).</summary>
public static class Prefer
{
    /// <summary>The longest that a caller can wait for an answer, in seconds.</summary>
    public const int MaxWait = 30;

    /// <summary>
    /// The seconds of the preference <c>wait</c>, 1 to <see cref="MaxWait"/>; a larger number is taken for that. Null when there is none, or it is no whole number from 1: a
    /// preference that is not understood is ignored. Of several the first counts.
    /// </summary>
    public static int? Wait(HttpRequest request)
    {
        foreach (var text in request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            if (NameValueWithParametersHeaderValue.TryParse(text, out var preference) && preference.Name.Equals("wait", StringComparison.OrdinalIgnoreCase))
            {
                var value = preference.Value?.Trim('"');
                return value is not { Length: > 0 } || !value.All(char.IsAsciiDigit) || value.All(digit => digit == '0') ? null
                    : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Min(seconds, MaxWait)
                    : MaxWait;
            }
        }

        return null;
    }
}
