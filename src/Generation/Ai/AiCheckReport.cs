namespace Jobs.Generation.Ai;

/// <summary>What one model was found to be able to do.</summary>
/// <param name="Subject">Whom it is about and what it is for, without a key.</param>
/// <param name="Capabilities">What was tried, in that order. What comes after a first answer that failed was not tried.</param>
/// <param name="Fault">One sentence that says what is wrong; null where it can do what is needed of it.</param>
public sealed record AiCheckReport(string Subject, IReadOnlyList<AiCapability> Capabilities, string? Fault);
