namespace Jobs.Domain.Identity;

/// <summary>Who is asking: from the credential, and from nothing else in the request.</summary>
/// <param name="Tenant">The organisation. Rows of another one do not exist for this caller.</param>
/// <param name="User">The user or key within it.</param>
/// <param name="IsAdmin">Whether the caller may also decide what the organisation's agents are granted.</param>
public sealed record Caller(string Tenant, string User, bool IsAdmin);
