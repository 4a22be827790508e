namespace Jobs.Repositories.GitHub;

/// <summary>How much is asked of GitHub, read from it, and believed.</summary>
public static class GitHubLimits
{
    /// <summary>The longest that one request may take, from its sending to the last byte of the answer: 20 s.</summary>
    public static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(20);

    /// <summary>The longest that connecting may take: 5 s.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    /// <summary>How many requests of one host are under way at once; more wait for their turn.</summary>
    public const int MaxConcurrent = 8;

    /// <summary>The most bytes of an answer, decompressed: 8 MiB.</summary>
    public const int AnswerBytes = 8 * 1024 * 1024;

    /// <summary>The most KiB of an answer's headers: 32.</summary>
    public const int HeaderKibibytes = 32;

    /// <summary>How deep an answer, or the body of a webhook, may be nested.</summary>
    public const int Depth = 64;

    /// <summary>How many redirects are followed, to the same host only: those of a repository that has another name now.</summary>
    public const int MaxRedirects = 3;

    /// <summary>How long GitHub is left alone after it said that it takes no more for now, where it does not say for how long: a minute, as its documentation asks.</summary>
    public static readonly TimeSpan UnsaidWait = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait that is believed.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>How long before its end an installation's token is renewed.</summary>
    public static readonly TimeSpan TokenMargin = TimeSpan.FromMinutes(5);

    /// <summary>The most characters of what a look leaves for the next; where it would be more, the next one begins anew.</summary>
    public const int KnownCharacters = 4_000;

    /// <summary>The most characters of an address that is shown to callers.</summary>
    public const int UrlCharacters = 500;

    /// <summary>The most files that GitHub lists of a comparison.</summary>
    public const int ComparedFiles = 300;

    /// <summary>The most bytes of a run's logs as they are downloaded, compressed: 8 MiB.</summary>
    public const int LogArchiveBytes = 8 * 1024 * 1024;

    /// <summary>The most bytes that are unpacked of a run's logs: 64 MiB.</summary>
    public const int LogBytes = 64 * 1024 * 1024;

    /// <summary>The most files of a run's logs.</summary>
    public const int LogFiles = 1_000;

    /// <summary>The most characters of a secret. Where a log is cut, so many are left out besides, so that no half of one is shown.</summary>
    public const int SecretCharacters = 8_192;

    /// <summary>The fewest characters of a webhook's secret.</summary>
    public const int WebhookSecretMinCharacters = 16;

    /// <summary>The most bytes of a webhook's body: 5 MiB. GitHub sends up to 25 MB, but no event of ours has a tenth of this.</summary>
    public const int WebhookBytes = 5 * 1024 * 1024;
}
