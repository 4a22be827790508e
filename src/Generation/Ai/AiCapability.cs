namespace Jobs.Generation.Ai;

/// <summary>One thing that a model can or cannot do.</summary>
/// <param name="Name">What.</param>
/// <param name="Works">Whether it did.</param>
/// <param name="Detail">More about it, or why not; empty where there is nothing to say.</param>
public sealed record AiCapability(string Name, bool Works, string Detail);
