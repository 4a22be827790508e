namespace Jobs.Domain.Resources;

/// <summary>The ids that one creation uses, chosen before anything is written.</summary>
public sealed record CreationIds(string ResourceId, string JobId, string BuildId);
