namespace Jobs.Domain.Schemas;

/// <summary>What reading a schema, and checking an input against it, may cost. Schemas come from a generator and inputs from anybody.</summary>
public static class SchemaLimits
{
    /// <summary>The most bytes of a schema, as JSON: 64 KiB.</summary>
    public const int MaxSchemaBytes = 64 * 1024;

    /// <summary>How deep the JSON of a schema may be nested.</summary>
    public const int MaxSchemaDepth = 64;

    /// <summary>The most schemas within a schema, itself included.</summary>
    public const int MaxSubschemas = 1_000;

    /// <summary>The most characters of a <c>pattern</c>.</summary>
    public const int MaxPatternLength = 500;

    /// <summary>How deep an input may be nested.</summary>
    public const int MaxInputDepth = 64;

    /// <summary>How deep schemas may lead into each other while an input is checked: its own depth, and the references and alternatives on the way.</summary>
    public const int MaxEvaluationDepth = 256;

    /// <summary>The most steps that checking an input may take; one is a schema that a value is held against, or 64 bytes that are compared.</summary>
    public const int MaxSteps = 1_000_000;

    /// <summary>The longest that checking an input may take: 2 s. Only patterns that were made to be slow get there before <see cref="MaxSteps"/>.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    /// <summary>The most violations that are told of one input.</summary>
    public const int MaxViolations = 20;
}
