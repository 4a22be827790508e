namespace Jobs.Documents.Crawling;

/// <summary>Something to be asked for in a step, and what came of it.</summary>
internal sealed class CrawlRequest(CrawlEntry entry, bool isRobots)
{
    /// <summary>What is to be had, now or once the robots.txt of its host is known.</summary>
    public CrawlEntry Entry => entry;

    /// <summary>True where the robots.txt is asked for.</summary>
    public bool IsRobots => isRobots;

    /// <summary>The address that is asked for.</summary>
    public string Address => isRobots ? RobotsAddressOf(entry.Address) : entry.Address;

    /// <summary>The answer; null when the step's time was over before.</summary>
    public FetchAnswer? Answer { get; set; }

    /// <summary>How long the step had been asking the host when the answer was there.</summary>
    public TimeSpan At { get; set; }

    /// <summary>How many requests were made for it.</summary>
    public int Requests { get; set; }

    /// <summary>Where the robots.txt of an address is.</summary>
    public static string RobotsAddressOf(string address) => CrawlAddress.OriginOf(address) + "/robots.txt";
}
