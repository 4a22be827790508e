namespace Jobs.Testing;

/// <summary>How an answer of a <see cref="ScriptedServer"/> ends.</summary>
internal enum ScriptedEnd
{
    /// <summary>As it should.</summary>
    Complete,

    /// <summary>The connection is broken off.</summary>
    Cut,

    /// <summary>Not before the client gives up.</summary>
    Never,
}

/// <summary>What a <see cref="ScriptedServer"/> answers to one request.</summary>
/// <param name="Status">The status.</param>
/// <param name="ContentType">What the parts are.</param>
/// <param name="Parts">The body, each part sent before the next.</param>
/// <param name="End">What comes after the parts; without any, also instead of the headers.</param>
internal sealed record ScriptedAnswer(int Status, string ContentType, IReadOnlyList<string> Parts, ScriptedEnd End = ScriptedEnd.Complete)
{
    /// <summary>Nothing at all, until the client gives up.</summary>
    public static ScriptedAnswer Silence { get; } = new(200, "", [], ScriptedEnd.Never);

    /// <summary>A connection that is broken off without an answer.</summary>
    public static ScriptedAnswer HangUp { get; } = new(200, "", [], ScriptedEnd.Cut);

    /// <summary>Headers beside the content's.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Waited for before anything is sent, so that a test decides when.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    /// <summary>The same with a header more.</summary>
    public ScriptedAnswer With(string name, string value) => this with { Headers = new Dictionary<string, string>(Headers) { [name] = value } };

    /// <summary>Only the first parts, and then an end of another kind.</summary>
    public ScriptedAnswer After(int parts, ScriptedEnd end) => this with { Parts = [.. Parts.Take(parts)], End = end };
}
