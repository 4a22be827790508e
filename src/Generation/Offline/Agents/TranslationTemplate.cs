using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a translation.</summary>
/// <param name="From">The language of the input, as a code of two letters.</param>
/// <param name="To">The language of the output.</param>
public sealed record TranslationSettings(string From, string To) : AgentSettings(AgentKind.Translation)
{
    /// <inheritdoc/>
    public override bool IsValid() => From != To && TranslationTemplate.IsLanguage(From) && TranslationTemplate.IsLanguage(To);
}

/// <summary>Translates by the public interface of MyMemory, which needs no key: no rule of ours can.</summary>
public sealed class TranslationTemplate : AgentTemplate<TranslationSettings>
{
    private static readonly (string Code, string Name, PromptPattern Words)[] Languages =
    [
        Language("en", "English"), Language("de", "German"), Language("fr", "French"), Language("es", "Spanish"), Language("it", "Italian"), Language("pt", "Portuguese"),
        Language("nl", "Dutch"), Language("pl", "Polish"), Language("sv", "Swedish"), Language("da", "Danish"), Language("no", "Norwegian"), Language("fi", "Finnish"),
        Language("cs", "Czech"), Language("hu", "Hungarian"), Language("ro", "Romanian"), Language("el", "Greek"), Language("tr", "Turkish"), Language("ru", "Russian"),
        Language("uk", "Ukrainian"), Language("ar", "Arabic"), Language("he", "Hebrew"), Language("hi", "Hindi"), Language("ja", "Japanese"), Language("ko", "Korean"), Language("zh", "Chinese"),
    ];

    private static readonly PromptPattern Source = new($@"\bfrom ({string.Join('|', Languages.Select(language => language.Name))})\b|\b({string.Join('|', Languages.Select(language => language.Name))}) (?:text |texts |to |into |input)");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Translation;

    /// <inheritdoc/>
    public override string Noun => "a translation agent";

    /// <inheritdoc/>
    public override string Does => "Translate a text";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"translat\w+", 7), ($"(?:in|into|to) (?:{string.Join('|', Languages.Select(language => language.Name))})", 3));

    /// <summary>Whether a code is one that we know.</summary>
    internal static bool IsLanguage(string code) => Languages.Any(language => language.Code == code);

    /// <inheritdoc/>
    protected override TranslationSettings Read(AgentPrompt prompt, TranslationSettings? current)
    {
        var text = prompt.Reader.Unquoted;
        var source = Source.Match(text) is { Success: true } from ? Find(from.Value) : null;
        var target = Languages.Where(language => language.Code != source).Select(language => (language.Code, At: language.Words.Match(text)))
            .Where(language => language.At.Success).OrderBy(language => language.At.Index).Select(language => language.Code).FirstOrDefault();
        if (target is null && current is null)
        {
            target = Find(prompt.Ask("Into which language should it translate?", ["English", "German", "French", "Spanish", "Italian"], source == "en" ? "German" : "English") ?? "");
            target ??= source == "en" ? "de" : "en";
        }

        target ??= current!.To;
        source ??= current?.From ?? (target == "en" ? "de" : "en");
        return new(source == target ? (target == "en" ? "de" : "en") : source, target);
    }

    /// <inheritdoc/>
    protected override AgentParts Write(TranslationSettings settings) => new(
        $"translates a text from {NameOf(settings.From)} into {NameOf(settings.To)}",
        ConfigOf(settings),
        Schema.Object(
            ("text", Schema.Text("The text.")),
            ("from?", Language($"Its language; {settings.From} when missing.")),
            ("to?", Language($"The language to translate into; {settings.To} when missing."))),
        Constant("output"),
        new JsonObject { ["text"] = "Good morning!" })
    {
        Hosts = ["api.mymemory.translated.net"],
        Details = ["The text is sent to the public service MyMemory, which needs no key and limits how much it translates a day. Send it nothing confidential."],
    };

    private static JsonObject Language(string description)
    {
        var schema = Schema.Text(description);
        schema["enum"] = new JsonArray([.. Languages.Select(language => (JsonNode)language.Code)]);
        return schema;
    }

    private static string NameOf(string code) => Languages.First(language => language.Code == code).Name;

    private static string? Find(string text) => Languages.Where(language => language.Words.IsMatch(text)).Select(language => language.Code).FirstOrDefault()
        ?? Languages.Select(language => language.Code).FirstOrDefault(code => code.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));

    private static (string, string, PromptPattern) Language(string code, string name) => (code, name, new PromptPattern($@"\b{name}\b"));
}
