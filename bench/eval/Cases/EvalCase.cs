namespace Jobs.Eval.Cases;

/// <summary>Something that a user asks for, and how to see whether they got it.</summary>
internal abstract record EvalCase
{
    /// <summary>What the case is called in the table and by <c>--only</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The user's words.</summary>
    public required string Prompt { get; init; }

    /// <summary>A pattern for the thing in question: a sentence that says "cannot" is a refusal only when it names this too.</summary>
    public required string About { get; init; }

    /// <summary>A pattern: where a question offers a choice that matches it, that is the answer.</summary>
    public string? Choose { get; init; }

    /// <summary>What this user answers to a question that suggests no answer. Without it, the first choice.</summary>
    public string? Answer { get; init; }

    /// <summary><c>widget</c> or <c>agent</c>.</summary>
    public abstract string Kind { get; }
}

/// <summary>A case whose widget is opened and used.</summary>
internal sealed record WidgetCase : EvalCase
{
    /// <summary>The check by its name in <see cref="Checks.WidgetChecks"/>.</summary>
    public required string Check { get; init; }

    /// <inheritdoc/>
    public override string Kind => "widget";
}

/// <summary>A case whose agent is run.</summary>
internal sealed record AgentCase : EvalCase
{
    /// <summary>The runs, in this order.</summary>
    public required IReadOnlyList<AgentRunCase> Runs { get; init; }

    /// <inheritdoc/>
    public override string Kind => "agent";
}
