using System.Security.Cryptography;
using System.Text;

namespace Jobs.Domain.Identity;

/// <summary>The tenant that a user is who comes with a token of an issuer: theirs alone, and the same with every token.</summary>
public static class UserTenant
{
    /// <summary><c>user_</c> and 64 lower-case hex digits. Another issuer's user of the same name is another tenant.</summary>
    public static string Of(string issuer, string subject)
    {
        // The length keeps two pairs apart that would be one text.
        var text = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{issuer.Length}:{issuer}{subject}");
        return $"user_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }
}
