namespace Jobs.Eval.Judging;

/// <summary>What was built does not do what was asked for; the message says what.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);

/// <summary>What was built cannot be used at all; the message says why.</summary>
internal sealed class BrokenException(string message) : Exception(message);
