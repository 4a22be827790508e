using System.Globalization;
using System.Security.Cryptography;
using System.Text;

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

    /// <summary><c>run_</c> with the rest of a job's id: a run that is started by a request.</summary>
    public static string RunIdOf(string jobId) => string.Concat("run_", jobId.AsSpan("job_".Length));

    /// <summary>The id of the run that an agent's schedule starts at <paramref name="tick"/>: the same for whoever starts it.</summary>
    public static string RunIdOf(string agentId, DateTimeOffset tick)
    {
        var milliseconds = tick.ToUnixTimeMilliseconds();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{agentId}|{milliseconds}")));
        return string.Create(CultureInfo.InvariantCulture, $"run_{milliseconds}_{Convert.ToHexStringLower(hash.AsSpan(0, 6))}");
    }

    /// <summary>True for a string of the form that <see cref="NewJobId"/> issues, so that anything else costs no read.</summary>
    public static bool IsJobId(string id) => HasForm(id, "job");

    /// <summary>True for a string of the form that run ids have.</summary>
    public static bool IsRunId(string id) => HasForm(id, "run");

    /// <summary>True for a string of the form that <see cref="NewResourceId"/> issues.</summary>
    public static bool IsResourceId(string id) => id.Length == ResourceIdLength && id.All(char.IsAsciiLetterOrDigit);

    private static bool HasForm(string id, string kind)
    {
        var parts = id.Split('_');
        return parts is [var first, { Length: > 0 and <= 16 } time, { Length: 12 } random]
            && first == kind
            && time.All(char.IsAsciiDigit)
            && random.All(char.IsAsciiHexDigitLower);
    }
}
