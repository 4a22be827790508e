namespace Jobs.Local.Durable;

/// <summary>An orchestration service that knows what of its work is out.</summary>
internal interface IDrainable
{
    /// <summary>Hands out no work any more. Ends when nothing is out.</summary>
    Task DrainAsync();
}
