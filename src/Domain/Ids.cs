using System.Globalization;
using System.Security.Cryptography;

namespace Jobs.Domain;

/// <summary>The ids we issue. All randomness is cryptographic; no id is ever an authorisation.</summary>
public static class Ids
{
    /// <summary>The characters of a widget's or agent's id.</summary>
    public const int ResourceIdLength = 10;

    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary><c>job_&lt;epoch ms&gt;_&lt;12 lower-case hex&gt;</c> (contract 000).</summary>
    public static string NewJobId(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"job_{now.ToUnixTimeMilliseconds()}_{RandomNumberGenerator.GetHexString(12, lowercase: true)}");

    /// <summary><see cref="ResourceIdLength"/> characters of [A-Za-z0-9] (contract 001).</summary>
    public static string NewResourceId() => RandomNumberGenerator.GetString(Base62, ResourceIdLength);

    /// <summary><c>EmbeddableAppBuilder:&lt;uuid&gt;</c> (contract 000).</summary>
    public static string NewBuildId() => $"EmbeddableAppBuilder:{Guid.NewGuid():D}";

    /// <summary>True for a string of the form that <see cref="NewJobId"/> issues, so that anything else costs no read.</summary>
    public static bool IsJobId(string id)
    {
        var parts = id.Split('_');
        return parts is ["job", { Length: > 0 and <= 16 } time, { Length: 12 } random]
            && time.All(char.IsAsciiDigit)
            && random.All(char.IsAsciiHexDigitLower);
    }

    /// <summary>True for a string of the form that <see cref="NewResourceId"/> issues.</summary>
    public static bool IsResourceId(string id) => id.Length == ResourceIdLength && id.All(char.IsAsciiLetterOrDigit);
}
