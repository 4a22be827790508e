namespace Jobs.Local.Durable;

/// <summary>An orchestration client that tells when an instance has started, so that nobody needs to ask again and again.</summary>
internal interface IInstanceStarts
{
    /// <summary>Ends once the instance has started, or does not exist.</summary>
    Task WaitForStartAsync(string instanceId, CancellationToken cancellation);
}
