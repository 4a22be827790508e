namespace Jobs.Execution.Egress;

/// <summary>What the code of one run may do over the network, and of it what holds for every request on behalf of others.</summary>
public static class EgressLimits
{
    /// <summary>The most hosts that one agent may be granted.</summary>
    public const int MaxHosts = 20;

    /// <summary>The most requests that one run may make; redirects count with the request that led to them.</summary>
    public const int MaxRequests = 100;

    /// <summary>How many requests of one run are under way at once; more wait for their turn.</summary>
    public const int MaxConcurrent = 6;

    /// <summary>The most bytes of a request's body: 1 MiB.</summary>
    public const int RequestBodyBytes = 1024 * 1024;

    /// <summary>The most bytes of an answer's body, after decompression: 5 MiB.</summary>
    public const int ResponseBodyBytes = 5 * 1024 * 1024;

    /// <summary>The most bytes of an answer as they come over the connection, its headers and its framing included: 16 MiB.</summary>
    public const int AnswerBytes = 16 * 1024 * 1024;

    /// <summary>The most KiB of an answer's headers, one answer at a time: 32.</summary>
    public const int ResponseHeaderKibibytes = 32;

    /// <summary>The most bytes of a request's headers, each name and value with the four characters around them: 16 KiB.</summary>
    public const int RequestHeaderBytes = 16 * 1024;

    /// <summary>The longest that one request may take, from its turn to the last byte of the answer, redirects included: 20 s.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    /// <summary>The longest that a request for a page may take, to the last byte of the answer: 10 s.</summary>
    public static readonly TimeSpan PageTime = TimeSpan.FromSeconds(10);

    /// <summary>The longest that connecting to one address may take, before the next one is tried: 5 s.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    /// <summary>How many of a name's addresses are tried.</summary>
    public const int MaxAddresses = 4;

    /// <summary>How many redirects are followed.</summary>
    public const int MaxRedirects = 5;
}
