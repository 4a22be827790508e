using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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

    private static readonly Regex FromCsv = PromptReader.Pattern(@"\bcsv\b[^.\n]*?\b(?:to|into|as|->|→)\s*(?:an? )?(?:array of |list of )?(?:json|objects?|array)\b|\b(?:pars|read|import)\w* (?:a |the |an |my )?csv\b|\bjson from (?:a )?csv\b");
    private static readonly Regex FromJson = PromptReader.Pattern(@"\bjson\b[^.\n]*?\b(?:to|into|as|->|→)\s*(?:an? )?csv\b|\b(?:writ|export|creat|generat|mak)\w* (?:a |the |an )?csv\b|\bcsv from (?:a )?json\b|\b(?:to|as|into) csv\b");
    private static readonly Regex Reverse = PromptReader.Pattern(@"\b(?:other way|reverse|opposite|the other direction|vice versa)\b");
    private static readonly Regex Semicolon = PromptReader.Pattern(@"\bsemi-?colons?\b|\bexcel in europe\b");
    private static readonly Regex Tab = PromptReader.Pattern(@"\btabs?\b|\btsv\b|\btab[ -]separated\b");
    private static readonly Regex Bar = PromptReader.Pattern(@"\b(?:pipes?|bars?)\b");
    private static readonly Regex Comma = PromptReader.Pattern(@"\bcommas?\b");
    private static readonly Regex Typed = PromptReader.Pattern(@"\b(?:numbers as numbers|numeric values?|typed|detect (?:the )?types?|parse (?:the )?numbers|convert (?:the )?numbers)\b");
    private static readonly Regex Untyped = PromptReader.Pattern(@"\b(?:as (?:text|strings)|keep (?:everything as )?(?:text|strings)|untyped)\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Csv;

    /// <inheritdoc/>
    public override string Noun => "a CSV agent";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
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
        $$"""
        interface Input {
          csv: string;
        }

        {{(settings.TypedValues ? "type Value = string | number | boolean;" : "type Value = string;")}}

        interface Output {
          rows: Record<string, Value>[];
          columns: string[];
          count: number;
        }

        const delimiter = {{TypeScriptLiteral.Of(settings.Delimiter)}};

        /** Reads CSV as RFC 4180 has it: fields in quotes may hold delimiters, line ends and doubled quotes. */
        function parse(csv: string): string[][] {
          const rows: string[][] = [];
          let row: string[] = [];
          let field = "";
          let quoted = false;
          let any = false;
          const endRow = () => {
            row.push(field);
            if (row.length > 1 || any) {
              rows.push(row);
            }

            row = [];
            field = "";
            any = false;
          };

          const text = csv.replace(/^\uFEFF/, "");
          for (let i = 0; i < text.length; i++) {
            const character = text.charAt(i);
            if (quoted) {
              if (character !== '"') {
                field += character;
              } else if (text.charAt(i + 1) === '"') {
                field += '"';
                i++;
              } else {
                quoted = false;
              }
            } else if (character === '"' && field === "") {
              quoted = any = true;
            } else if (character === delimiter) {
              row.push(field);
              field = "";
              any = true;
            } else if (character === "\n" || character === "\r") {
              if (character === "\r" && text.charAt(i + 1) === "\n") {
                i++;
              }

              endRow();
            } else {
              field += character;
              any = true;
            }
          }

          if (quoted) {
            throw new Error("The CSV ends within quotes.");
          }

          if (any || row.length > 0) {
            endRow();
          }

          return rows;
        }
        {{(settings.TypedValues ? """

        /** Numbers and truth values become such, unless that would lose something: "007" stays a text. */
        function valueOf(text: string): Value {
          if (text === "true" || text === "false") {
            return text === "true";
          }

          return text !== "" && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
        }

        """ : "")}}
        /** The first row names the columns; a row that is too short has empty fields at its end. */
        export default async (input: Input): Promise<Output> => {
          const [columns = [], ...lines] = parse(input.csv);
          const rows = lines.map((line) => Object.fromEntries(columns.map((column, index) => [column, {{(settings.TypedValues ? "valueOf(line[index] ?? \"\")" : "line[index] ?? \"\"")}}])));
          return { rows, columns, count: rows.length };
        };

        """,
        Schema.Object(("csv", Schema.Text("The CSV; its first row names the columns."))),
        Schema.Object(
            ("rows", Schema.List(Schema.Any("A row: values by column."), "The rows, each an object of values by column.")),
            ("columns", Schema.List(Schema.Text("A name."), "The names of the columns.")),
            ("count", Schema.Integer("How many rows there are.", 0))),
        new JsonObject { ["csv"] = $"name{settings.Delimiter}age\nAda{settings.Delimiter}36\n\"Hopper, \"\"Amazing\"\" Grace\"{settings.Delimiter}85" });

    private static AgentParts ToCsv(CsvSettings settings, string delimiter) => new(
        $"converts JSON to CSV with {delimiter}",
        $$"""
        interface Input {
          rows: Readonly<Record<string, unknown>>[];
        }

        interface Output {
          csv: string;
          columns: string[];
          count: number;
        }

        const delimiter = {{TypeScriptLiteral.Of(settings.Delimiter)}};

        /** A field as RFC 4180 has it: in quotes where it holds a delimiter, a quote, a line end or outer blanks. */
        function field(value: unknown): string {
          const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
          const needsQuotes = text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text);
          return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
        }

        /** The columns are the names of all rows, in the order in which they first occur. */
        export default async (input: Input): Promise<Output> => {
          const columns = [...new Set(input.rows.flatMap((row) => Object.keys(row)))];
          const lines = [columns, ...input.rows.map((row) => columns.map((column) => row[column]))];
          return {
            csv: lines.map((line) => line.map(field).join(delimiter) + "\r\n").join(""),
            columns,
            count: input.rows.length,
          };
        };

        """,
        Schema.Object(("rows", Schema.List(new JsonObject { ["type"] = "object", ["description"] = "A row: values by column." }, "The rows."))),
        Schema.Object(
            ("csv", Schema.Text("The CSV, its first row with the names of the columns.")),
            ("columns", Schema.List(Schema.Text("A name."), "The names of the columns.")),
            ("count", Schema.Integer("How many rows there are.", 0))),
        new JsonObject { ["rows"] = new JsonArray(new JsonObject { ["name"] = "Ada", ["age"] = 36 }, new JsonObject { ["name"] = "Hopper, \"Amazing\" Grace", ["age"] = 85 }) });
}
