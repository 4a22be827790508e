using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Templates;

/// <summary>Settings of a poll.</summary>
/// <param name="Question">What is asked; may be empty when the title asks it.</param>
/// <param name="Options">At least two.</param>
public sealed record PollSettings(string Question, IReadOnlyList<string> Options) : WidgetSettings(WidgetKind.Poll)
{
    /// <inheritdoc/>
    public override bool IsValid() => Options.Count >= 2 && Fit(Options) && Fit([Question]);
}

/// <summary>A question to vote on. Votes are kept for the visit, and the widget says so.</summary>
public sealed class PollTemplate : WidgetTemplate<PollSettings>
{
    private static readonly Regex Lead = PromptReader.Pattern(
        @"\b(?:with|between|among|options?|choices?|answers?|candidates?)\s+(?:the |these |following |my )*(?:options?|choices?|answers?|candidates?)\b(?: are| being)?\s*:?|\b(?:options?|choices?|answers?|candidates?)(?: are| should be)?\s*:|\b(?:between|among|choose from|vote (?:for|on):?)\s");

    private static readonly Regex ReplaceLead = PromptReader.Pattern(@"\b(?:options?|choices?|answers?)(?: are| should be| to)?\s*:\s*");
    private static readonly Regex Asked = PromptReader.Pattern(@"([^?:.!\n]*)\?");
    private static readonly Regex Instruction = PromptReader.Pattern(
        @"^.*\b(?:poll|survey|vote|ballot|voting)\b(?: widget)?(?: (?:asking|that asks|which asks|to ask|about|on|for|of|where|with the question))*(?: (?:people|users|visitors|everyone|my team|us))?\s*[,:–-]?\s*");

    private static readonly Regex About = PromptReader.Pattern(@"\b(?:poll|survey|vote|ballot|voting)\b(?: widget)? (?:about|on|for|of) (?:the |my |our )?([^,:;.?\n]+)");
    private static readonly Regex AboutEnd = PromptReader.Pattern(@"\s(?:with|between|among|options|using|in|and)\s");

    private static readonly IReadOnlyList<string> DefaultOptions = ["Yes", "No", "Not sure"];

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Poll;

    /// <inheritdoc/>
    public override string Noun => "a poll";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:straw )?polls?|survey|ballot", 4),
        ("vot(?:e|es|ing)", 3));

    /// <inheritdoc/>
    public override string ConfigTypes => """
        export interface Config {
          title: string;
          text: string;
          buttonLabel: string;
          question: string;
          options: string[];
        }
        """;

    /// <inheritdoc/>
    public override string Style => """
        .widget .choices {
          display: grid;
          gap: 0.5em;
          margin: 0;
          padding: 0;
          border: 0;
        }

        .widget .choices legend {
          margin-bottom: 0.5em;
          padding: 0;
          font-weight: 600;
        }

        .widget .choice {
          display: flex;
          gap: 0.75em;
          align-items: center;
          min-height: 3em;
          padding: 0.5em 0.875em;
          border: 1px solid var(--line);
          border-radius: 0.75em;
          cursor: pointer;
        }

        .widget .choice:hover {
          background: var(--inset);
        }

        .widget .choice:has(:checked) {
          border-color: var(--accent-edge);
          background: var(--accent-soft);
        }

        .widget .choice input {
          flex: none;
          width: 1.25em;
          height: 1.25em;
          margin: 0;
          accent-color: var(--accent-edge);
        }

        .widget .results {
          display: grid;
          gap: 0.875em;
          margin: 0;
          padding: 0;
          list-style: none;
        }

        .widget .result {
          display: grid;
          grid-template-columns: 1fr auto;
          gap: 0.25em 0.75em;
        }

        .widget .result svg {
          grid-column: 1 / -1;
          width: 100%;
          height: 0.75em;
          border-radius: 0.375em;
          background: var(--inset);
        }

        .widget .result rect {
          fill: var(--accent);
          stroke: var(--accent-edge);
        }

        .widget .result .share {
          color: var(--muted);
          font-variant-numeric: tabular-nums;
        }
        """ + "\n";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["src/App.tsx"] = """
            import { useState } from "react";
            import { Ballot } from "./components/Ballot";
            import { Frame } from "./components/Frame";
            import { Results } from "./components/Results";
            import { config } from "./config";
            import { addVote } from "./logic";
            import "./styles.css";

            export default function App() {
              const [votes, setVotes] = useState(() => config.options.map(() => 0));
              const [isVoting, setVoting] = useState(true);
              const vote = (option: number) => {
                setVotes(addVote(votes, option));
                setVoting(false);
              };

              return (
                <Frame>
                  <div className="body">
                    {isVoting ? <Ballot onVote={vote} /> : <Results votes={votes} onBack={() => setVoting(true)} />}
                  </div>
                  <p className="note">Votes are counted on this page only, until it is closed.</p>
                </Frame>
              );
            }

            """,
        ["src/components/Ballot.tsx"] = """
            import { useId, useState, type FormEvent } from "react";
            import { config } from "../config";

            /** The options, one of which may be chosen. */
            export function Ballot({ onVote }: { onVote: (option: number) => void }) {
              const name = useId();
              const [chosen, setChosen] = useState<number | null>(null);
              const submit = (event: FormEvent) => {
                event.preventDefault();
                if (chosen !== null) {
                  onVote(chosen);
                }
              };

              return (
                <form className="body" onSubmit={submit}>
                  <fieldset className="choices">
                    <legend className={config.question === "" || config.question === config.title ? "hidden" : undefined} dir="auto">
                      {config.question || "Your choice"}
                    </legend>
                    {config.options.map((option, index) => (
                      <label key={option} className="choice">
                        <input type="radio" name={name} checked={chosen === index} onChange={() => setChosen(index)} />
                        <span dir="auto">{option}</span>
                      </label>
                    ))}
                  </fieldset>
                  <button type="submit" className="button" disabled={chosen === null}>
                    {config.buttonLabel || "Vote"}
                  </button>
                </form>
              );
            }

            """,
        ["src/components/Results.tsx"] = """
            import { useEffect, useRef } from "react";
            import { config } from "../config";
            import { percent, total } from "../logic";

            /** How the votes are spread. */
            export function Results({ votes, onBack }: { votes: number[]; onBack: () => void }) {
              const heading = useRef<HTMLHeadingElement>(null);
              useEffect(() => heading.current?.focus(), []);
              const sum = total(votes);

              return (
                <>
                  <h3 ref={heading} tabIndex={-1} className="label">
                    {sum === 1 ? "1 vote" : `${sum} votes`}
                  </h3>
                  <ul className="results">
                    {config.options.map((option, index) => (
                      <li key={option} className="result">
                        <span dir="auto">{option}</span>
                        <span className="share">
                          {percent(votes, index)} % ({votes[index] ?? 0})
                        </span>
                        <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 10">
                          {percent(votes, index) > 0 && <rect width={percent(votes, index)} height="10" />}
                        </svg>
                      </li>
                    ))}
                  </ul>
                  <div className="row">
                    <button type="button" className="button quiet" onClick={onBack}>
                      Vote again
                    </button>
                  </div>
                </>
              );
            }

            """,
        ["src/logic.ts"] = """
            export function addVote(votes: number[], option: number): number[] {
              return votes.map((count, index) => (index === option ? count + 1 : count));
            }

            export function total(votes: number[]): number {
              return votes.reduce((sum, count) => sum + count, 0);
            }

            /** An option's share of all votes, in whole percent. */
            export function percent(votes: number[], option: number): number {
              return Math.round((100 * (votes[option] ?? 0)) / Math.max(1, total(votes)));
            }

            """,
    };

    /// <inheritdoc/>
    protected override PollSettings Read(PromptReader prompt, PollSettings? current, DateTimeOffset now)
    {
        if (current is not null)
        {
            var edited = prompt.Edit(current.Options, ReplaceLead, PromptReader.Capitalise, option => option);
            return new(QuestionIn(prompt) is { Length: > 0 } asked ? asked : current.Question, edited.Count >= 2 ? edited : current.Options);
        }

        var options = prompt.List(Lead) is { Count: >= 2 } listed ? listed : InQuestion(prompt);
        return new(QuestionIn(prompt), options.Count >= 2 ? [.. options.Select(PromptReader.Capitalise)] : DefaultOptions);
    }

    /// <inheritdoc/>
    protected override string? TitleOf(PollSettings settings) => settings.Question is { Length: > 0 and <= PromptReader.MaxTitleLength } ? settings.Question : null;

    /// <inheritdoc/>
    protected override string Describe(PollSettings settings) => $"a poll with {Count(settings.Options.Count, "option")}";

    private static string QuestionIn(PromptReader prompt)
    {
        if (Asked.Match(prompt.Text) is { Success: true } asked)
        {
            var question = Instruction.Replace(asked.Groups[1].Value.Trim(), "").Trim(' ', '"', '“', '\'', '‘', ',');
            return question.Length > 0 ? PromptReader.Clean(PromptReader.Capitalise(question) + "?", PromptReader.MaxItemLength) : "";
        }

        if (About.Match(prompt.Body) is not { Success: true } about)
        {
            return "";
        }

        var subject = about.Groups[1].Value + " ";
        subject = (AboutEnd.Match(subject) is { Success: true } end ? subject[..end.Index] : subject).Trim();
        return PromptReader.Clean(PromptReader.Capitalise(subject), PromptReader.MaxItemLength);
    }

    /// <summary>"Tea or coffee?" names its options itself.</summary>
    private static IReadOnlyList<string> InQuestion(PromptReader prompt)
    {
        var question = QuestionIn(prompt).TrimEnd('?');
        return question.Contains(" or ", StringComparison.OrdinalIgnoreCase) && question.Length <= 60 ? PromptReader.SplitItems(question) : [];
    }
}
