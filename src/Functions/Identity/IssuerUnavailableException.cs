namespace Jobs.Functions.Identity;

/// <summary>Whether a token is valid cannot be told now: its issuer's keys are not known, and the issuer does not give them.</summary>
public sealed class IssuerUnavailableException(Exception? innerException = null) : Exception("The issuer's keys cannot be read.", innerException);
