using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Jobs.Domain;

/// <summary>The ids we issue. All randomness is cryptographic; no id is ever an authorisation.</summary>
public static class Ids
{
    /// <summary>The characters of a widget's or agent's id.</summary>
    public const int ResourceIdLength = 10;

    /// <summary>The characters of the id of a repository's job.</summary>
    public const int RepositoryJobIdLength = 8;

    private const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
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

    /// <summary>A UUID of version 7 in lower case, whose first 48 bits are the time (contract 003).</summary>
    public static string NewJobUuid(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("D");

    /// <summary><see cref="RepositoryJobIdLength"/> characters of [a-z0-9] (contract 002). They say nothing of when they were issued, and there are so few that one may come twice.</summary>
    public static string NewRepositoryJobId() => RandomNumberGenerator.GetString(Base36, RepositoryJobIdLength);

    /// <summary>True for a string of a form in which we issue jobs' ids, so that anything else costs no read.</summary>
    public static bool IsJobId(string id) => IsRepositoryJobId(id) || MillisecondsOf(id) is not null;

    /// <summary>True for a string of the form that <see cref="NewRepositoryJobId"/> issues.</summary>
    public static bool IsRepositoryJobId(string id) => id.Length == RepositoryJobIdLength && id.AsSpan().IndexOfAnyExcept(Base36) < 0;

    /// <summary>When a job's id was issued, in milliseconds of Unix time; null for a string that is no job's id, and for the id of a repository's job.</summary>
    public static long? MillisecondsOf(string jobId) =>
        HasForm(jobId, "job") ? long.Parse(jobId.AsSpan("job_".Length, jobId.LastIndexOf('_') - "job_".Length), CultureInfo.InvariantCulture)
        : IsUuid(jobId) && jobId[14] == '7' && !jobId.Any(char.IsAsciiLetterUpper) ? long.Parse(string.Concat(jobId.AsSpan(0, 8), jobId.AsSpan(9, 4)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : null;

    /// <summary>True for a UUID of any version as RFC 9562 writes it: 32 hex digits of either case, in groups of 8, 4, 4, 4 and 12.</summary>
    public static bool IsUuid(string text) =>
        text.Length == 36 && text.Index().All(letter => letter.Index is 8 or 13 or 18 or 23 ? letter.Item == '-' : char.IsAsciiHexDigit(letter.Item));

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
