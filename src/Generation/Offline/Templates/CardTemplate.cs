using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Templates;

/// <summary>Settings of a card.</summary>
/// <param name="Items">Its list; may be empty.</param>
/// <param name="Link">An http or https address; empty for none.</param>
public sealed record CardSettings(IReadOnlyList<string> Items, string Link) : WidgetSettings(WidgetKind.Card)
{
    /// <inheritdoc/>
    public override bool IsValid() => Fit(Items) && Fit([Link]) && (Link.Length == 0 || CardTemplate.IsWebAddress(Link));
}

/// <summary>A title, a text and a list: what is built when no other kind fits.</summary>
public sealed class CardTemplate : WidgetTemplate<CardSettings>
{
    private static readonly Regex Lead = PromptReader.Pattern(@"\b(?:items?|points?|bullets?|list)(?: points?)?(?: are| of)?\s*:\s*|\blist of [^:,\n]+:\s*");
    private static readonly Regex Address = PromptReader.Pattern(@"https?://[^\s""'<>”’)]+");

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Card;

    /// <inheritdoc/>
    public override string Noun => "a card";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:business|profile|info(?:rmation)?|welcome|greeting|name|contact)[ -]?cards?", 4),
        ("cards?|banner|notice|announcement", 1));

    /// <inheritdoc/>
    public override string ConfigTypes => """
        export interface Config {
          title: string;
          text: string;
          buttonLabel: string;
          items: string[];
          link: string;
        }
        """;

    /// <inheritdoc/>
    public override string Style => """
        .widget {
          border-top: 6px solid var(--accent-edge);
        }

        .widget .items {
          display: grid;
          gap: 0.5em;
          margin: 0;
          padding: 0;
          list-style: none;
        }

        .widget .items li {
          padding: 0.625em 0.875em;
          border-radius: 0.75em;
          background: var(--inset);
          unicode-bidi: isolate;
        }

        .widget a.button {
          display: inline-grid;
          align-items: center;
          text-decoration: none;
        }
        """ + "\n";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["src/App.tsx"] = """
            import { Details } from "./components/Details";
            import { Frame } from "./components/Frame";
            import { config } from "./config";
            import "./styles.css";

            export default function App() {
              return <Frame>{(config.items.length > 0 || config.link !== "") && <Details />}</Frame>;
            }

            """,
        ["src/components/Details.tsx"] = """
            import { config } from "../config";

            /** The list and the link, where there are any. */
            export function Details() {
              return (
                <div className="body">
                  {config.items.length > 0 && (
                    <ul className="items">
                      {config.items.map((item) => (
                        <li key={item} dir="auto">
                          {item}
                        </li>
                      ))}
                    </ul>
                  )}
                  {config.link !== "" && (
                    <div className="row">
                      <a className="button" href={config.link} target="_blank" rel="noopener noreferrer">
                        {config.buttonLabel || "Open"}
                      </a>
                    </div>
                  )}
                </div>
              );
            }

            """,
    };

    /// <summary>True for an absolute http or https address.</summary>
    internal static bool IsWebAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    /// <inheritdoc/>
    protected override CardSettings Read(PromptReader prompt, CardSettings? current, DateTimeOffset now)
    {
        var link = Address.Match(prompt.Text) is { Success: true, Value: { Length: <= PromptReader.MaxTextLength } address } && IsWebAddress(address.TrimEnd('.', ',', ';'))
            ? address.TrimEnd('.', ',', ';')
            : current?.Link ?? "";
        if (current is not null)
        {
            return new(prompt.Edit(current.Items, Lead, PromptReader.Capitalise, item => item), link);
        }

        var items = prompt.After(Lead) is { Count: > 0 } named ? named : prompt.AfterColon();
        // One piece after a colon, or a web address taken apart, is no list.
        return new(items.Count > 1 && !items.Any(item => item.Contains("://", StringComparison.Ordinal)) ? [.. items.Select(PromptReader.Capitalise)] : [], link);
    }

    /// <inheritdoc/>
    protected override string Describe(CardSettings settings) => settings.Items.Count == 0 ? Noun : $"a card with {Count(settings.Items.Count, "item")}";
}
