namespace Jobs.Local.Durable;

/// <summary>
/// An orchestration service that knows what of its work is out, and that logs what goes wrong in DurableTask's dispatchers
/// itself, so that they need not build an event for each step of each work item in case somebody logs it.
/// </summary>
internal interface IDrainable
{
    /// <summary>Hands out no work any more. Ends when nothing is out.</summary>
    Task DrainAsync();
}
