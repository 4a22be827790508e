using System.Text.Json.Nodes;

namespace Jobs.Eval.Cases;

/// <summary>One run of an agent.</summary>
/// <param name="Input">Values by what a generator may have called them, for example <c>"text|content": "…"</c>; see <see cref="Judging.InputMapper"/>.</param>
/// <param name="Expect">What must hold of the output, all of it.</param>
internal sealed record AgentRunCase(JsonObject Input, IReadOnlyList<Expectation> Expect);

/// <summary>
/// Something that must hold of an output, wherever in it: what a field is called is the generator's choice. Exactly one of the first five is given, or
/// <paramref name="Differs"/>.
/// </summary>
/// <param name="Number">A number that occurs, as one or in a text.</param>
/// <param name="Between">Two numbers; one between them occurs.</param>
/// <param name="Numbers">These numbers and no others stand in one list or text, in this order.</param>
/// <param name="Text">A pattern that a text matches.</param>
/// <param name="Boolean">A truth value that occurs.</param>
/// <param name="Differs">The output is not that of the run before.</param>
/// <param name="Not">A text that must not occur.</param>
/// <param name="Tolerance">How far from <paramref name="Number"/> it may be.</param>
/// <param name="Field">A pattern for the names of the fields that count; without it all do.</param>
internal sealed record Expectation(
    double? Number = null,
    IReadOnlyList<double>? Between = null,
    IReadOnlyList<double>? Numbers = null,
    string? Text = null,
    bool? Boolean = null,
    bool Differs = false,
    string? Not = null,
    double Tolerance = 1e-6,
    string? Field = null);
