namespace Jobs.LocalRuntime.Engine;

/// <summary>A replay did not do what the history says was done.</summary>
internal sealed class NonDeterminismException(string message) : Exception(
    $"Non-deterministic orchestrator: {message} Was the orchestrator changed while this instance was running, " +
    "or does it depend on something that is not in its history?");
