using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a CSV conversion.</summary>
/// <param name="ToJson">True from CSV to JSON, false from JSON to CSV.</param>
/// <param name="Delimiter">One character: a comma, a semicolon, a tab or a bar.</param>
/// <param name="TypedValues">True when numbers and true or false become such in JSON.</param>
public sealed record CsvSettings(bool ToJson, string Delimiter, bool TypedValues) : AgentSettings(AgentKind.Csv)
{
    /// <inheritdoc/>
    public override bool IsValid() => Delimiter is "," or ";" or "\t" or "|";
}

/// <summary>Converts between CSV (RFC 4180) and JSON.</summary>
public sealed class CsvTemplate : AgentTemplate<CsvSettings>
{
    private const string ToJsonChoice = "CSV to JSON";
    private const string ToCsvChoice = "JSON to CSV";

    private static readonly PromptPattern FromCsv = new(@"\bcsv\b[^.\n]*?\b(?:to|into|as|->|→)\s*(?:an? )?(?:array of |list of )?(?:json|objects?|array)\b|\b(?:pars|read|import)\w* (?:a |the |an |my )?csv\b|\bjson from (?:a )?csv\b");
    private static readonly PromptPattern FromJson = new(@"\bjson\b[^.\n]*?\b(?:to|into|as|->|→)\s*(?:an? )?csv\b|\b(?:writ|export|creat|generat|mak)\w* (?:a |the |an )?csv\b|\bcsv from (?:a )?json\b|\b(?:to|as|into) csv\b");
    private static readonly PromptPattern Reverse = new(@"\b(?:other way|reverse|opposite|the other direction|vice versa)\b");
    private static readonly PromptPattern Semicolon = new(@"\bsemi-?colons?\b|\bexcel in europe\b");
    private static readonly PromptPattern Tab = new(@"\btabs?\b|\btsv\b|\btab[ -]separated\b");
    private static readonly PromptPattern Bar = new(@"\b(?:pipes?|bars?)\b");
    private static readonly PromptPattern Comma = new(@"\bcommas?\b");
    private static readonly PromptPattern Typed = new(@"\b(?:numbers as numbers|numeric values?|typed|detect (?:the )?types?|parse (?:the )?numbers|convert (?:the )?numbers)\b");
    private static readonly PromptPattern Untyped = new(@"\b(?:as (?:text|strings)|keep (?:everything as )?(?:text|strings)|untyped)\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Csv;

    /// <inheritdoc/>
    public override string Noun => "a CSV agent";

    /// <inheritdoc/>
    public override string Does => "Convert CSV or JSON";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"(?:csv|tsv)\b[^.\n]{0,80}\bjson|json\b[^.\n]{0,80}\b(?:csv|tsv)", 8), (@"csv|tsv|comma[ -]separated(?: values)?|spreadsheet", 6), (@"semi-?colons?|tabs?|json|delimiters?", 3));

    /// <inheritdoc/>
    protected override CsvSettings Read(AgentPrompt prompt, CsvSettings? current)
    {
        bool toJson;
        if (FromJson.Match(prompt.Reader.Unquoted) is { Success: true } fromJson)
        {
            toJson = FromCsv.Match(prompt.Reader.Unquoted) is { Success: true } fromCsv && fromCsv.Index < fromJson.Index;
        }
        else if (prompt.Mentions(FromCsv))
        {
            toJson = true;
        }
        else if (current is not null)
        {
            toJson = current.ToJson != prompt.Mentions(Reverse);
        }
        else
        {
            toJson = prompt.Ask("Which direction should it convert?", [ToJsonChoice, ToCsvChoice], ToJsonChoice) is not { } answer || !FromJson.IsMatch(answer) || FromCsv.IsMatch(answer);
        }

        return new(
            toJson,
            prompt.Mentions(Semicolon) ? ";" : prompt.Mentions(Tab) ? "\t" : prompt.Mentions(Bar) ? "|" : prompt.Mentions(Comma) ? "," : current?.Delimiter ?? ",",
            prompt.Mentions(Typed) || (!prompt.Mentions(Untyped) && current is { TypedValues: true }));
    }

    /// <inheritdoc/>
    protected override AgentParts Write(CsvSettings settings)
    {
        var name = settings.Delimiter switch { ";" => "semicolons", "\t" => "tabs", "|" => "bars", _ => "commas" };
        return settings.ToJson ? ToJson(settings, name) : ToCsv(settings, name);
    }

    private static AgentParts ToJson(CsvSettings settings, string delimiter) => new(
        $"converts CSV with {delimiter} to JSON",
        ConfigOf(settings),
        Schema.Object(("csv", Schema.Text("The CSV; its first row names the columns."))),
        Schema.Object(
            ("rows", Schema.List(Schema.Any("A row: values by column."), "The rows, each an object of values by column.")),
            ("columns", Schema.List(Schema.Text("A name."), "The names of the columns.")),
            ("count", Schema.Integer("How many rows there are.", 0))),
        new JsonObject { ["csv"] = $"name{settings.Delimiter}age\nAda{settings.Delimiter}36\n\"Hopper, \"\"Amazing\"\" Grace\"{settings.Delimiter}85" });

    private static AgentParts ToCsv(CsvSettings settings, string delimiter) => new(
        $"converts JSON to CSV with {delimiter}",
        ConfigOf(settings),
        Schema.Object(("rows", Schema.List(new JsonObject { ["type"] = "object", ["description"] = "A row: values by column." }, "The rows."))),
        Schema.Object(
            ("csv", Schema.Text("The CSV, its first row with the names of the columns.")),
            ("columns", Schema.List(Schema.Text("A name."), "The names of the columns.")),
            ("count", Schema.Integer("How many rows there are.", 0))),
        new JsonObject { ["rows"] = new JsonArray(new JsonObject { ["name"] = "Ada", ["age"] = 36 }, new JsonObject { ["name"] = "Hopper, \"Amazing\" Grace", ["age"] = 85 }) });
}
