using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of the general agent.</summary>
/// <param name="Asked">The beginning of what the prompt said, for whoever goes on from here.</param>
public sealed record GeneralSettings(string Asked) : AgentSettings(AgentKind.General)
{
    /// <inheritdoc/>
    public override bool IsValid() => Fit(Asked);
}

/// <summary>Returns its input with what can be said of it. It is a working start for what the rules do not know.</summary>
public sealed class GeneralTemplate : AgentTemplate<GeneralSettings>
{
    private const int MaxAskedLength = 200;

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.General;

    /// <inheritdoc/>
    public override string Noun => "a general agent";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words => [];

    /// <inheritdoc/>
    protected override GeneralSettings Read(AgentPrompt prompt, GeneralSettings? current) =>
        current ?? new(PromptReader.Clean(prompt.Reader.Text.Replace('\n', ' '), MaxAskedLength));

    /// <inheritdoc/>
    protected override AgentParts Write(GeneralSettings settings) => new(
        "returns its input, with its fields, its size and the time of the run",
        ConfigOf(settings),
        Schema.Object(),
        Schema.Object(
            ("asked", Schema.Text("What the agent was asked for.")),
            ("received", Schema.Any("The input.")),
            ("fields", Schema.List(Schema.Text("A name."), "The names of the input's fields.")),
            ("characters", Schema.Integer("How long the input is as JSON.", 0)),
            ("at", Schema.Text("The time of the run."))),
        new JsonObject { ["anything"] = "you like" })
    {
        Notes =
        [
            "The prompt names nothing that the offline generator knows how to build.",
        ],
        Details =
        [
            "It knows: changing, counting and summarising text; scoring by keywords or sentiment; validating e-mail addresses, web addresses, IBANs, phone and card numbers; "
            + "writing and sending e-mail; CSV and JSON; dates; statistics; templates; random choices and passwords; units; translating; calling an HTTP address. "
            + "Say one of these in the next prompt, or change functions/main.ts.",
        ],
    };
}
