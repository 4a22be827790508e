using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Templates;

/// <summary>Settings of a countdown.</summary>
/// <param name="Target">What it runs to.</param>
/// <param name="Label">What that is called; may be empty.</param>
public sealed record CountdownSettings(CountdownTarget Target, string Label) : WidgetSettings(WidgetKind.Countdown)
{
    /// <inheritdoc/>
    public override bool IsValid() => Target.IsValid() && Fit([Label]);
}

/// <summary>The time left until a moment, or a timer that the visitor starts.</summary>
public sealed class CountdownTemplate : WidgetTemplate<CountdownSettings>
{
    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Countdown;

    /// <inheritdoc/>
    public override string Noun => "a countdown";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        ("count(?:s|ing)?[ -]?downs?(?: clock| timer)?", 5),
        ("(?:days|hours|weeks|time|long|sleeps)(?: is)?(?: left| remaining)?(?: it is)? (?:until|till|to|before)|timers?|pomodoro", 4),
        ("until|remaining", 1));

    /// <inheritdoc/>
    public override string ConfigTypes => """
        export type Target =
          | { type: "instant"; at: string }
          | { type: "local"; year: number; month: number; day: number; hour: number; minute: number }
          | { type: "yearly"; month: number; day: number; hour: number; minute: number }
          | { type: "weekly"; weekday: number | null; hour: number; minute: number }
          | { type: "timer"; seconds: number }
          | { type: "chosen" };

        export interface Config {
          title: string;
          text: string;
          buttonLabel: string;
          target: Target;
          label: string;
        }
        """;

    /// <inheritdoc/>
    public override string Style => """
        .widget .clock {
          display: grid;
          grid-template-columns: repeat(auto-fit, minmax(min(6em, 42%), 1fr));
          gap: 0.625em;
        }

        .widget .part {
          display: grid;
          justify-items: center;
          padding: 0.875em 0.5em 0.75em;
          border-radius: 0.875em;
          background: var(--inset);
        }

        .widget .part strong {
          color: var(--accent-ink);
          font-size: clamp(1.75em, 9vw, 2.5em);
          font-weight: 800;
          font-variant-numeric: tabular-nums;
          line-height: 1.15;
        }

        .widget .part span {
          color: var(--muted);
          font-size: 0.8125em;
          letter-spacing: 0.02em;
        }

        .widget .reached {
          margin: 0;
          padding: 0.75em 1em;
          border-radius: 0.875em;
          background: var(--accent-soft);
          font-size: 1.25em;
          font-weight: 700;
          text-align: center;
        }

        .widget .reached::first-letter {
          text-transform: uppercase;
        }

        .widget .reached:empty {
          display: none;
        }

        .widget .until {
          margin: 0;
          color: var(--muted);
        }
        """ + "\n";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["src/App.tsx"] = """
            import { Frame } from "./components/Frame";
            import { Timer } from "./components/Timer";
            import { Until } from "./components/Until";
            import { config } from "./config";
            import "./styles.css";

            export default function App() {
              const { target } = config;
              return <Frame>{target.type === "timer" ? <Timer seconds={target.seconds} /> : <Until target={target} />}</Frame>;
            }

            """,
        ["src/components/Clock.tsx"] = """
            import { parts, type Unit } from "../logic";

            /** Remaining time; a visitor's screen reader is not told about every second, but can read it at any time. */
            export function Clock({ milliseconds, largest }: { milliseconds: number; largest: Unit }) {
              return (
                <div className="clock" role="timer" aria-label="Time left">
                  {parts(milliseconds, largest).map(({ unit, value }) => (
                    <div key={unit} className="part">
                      <strong>{value.toLocaleString()}</strong> <span>{value === 1 ? unit.slice(0, -1) : unit}</span>
                    </div>
                  ))}
                </div>
              );
            }

            """,
        ["src/components/Until.tsx"] = """
            import { useId, useState } from "react";
            import { config, type Target } from "../config";
            import { next, resolve, type Unit } from "../logic";
            import { useNow } from "../useNow";
            import { Clock } from "./Clock";

            /** Counts down to a moment. The moment is settled once, so that a yearly one does not jump ahead when it is reached. */
            export function Until({ target }: { target: Exclude<Target, { type: "timer" }> }) {
              const id = useId();
              const [end, setEnd] = useState(() => resolve(target, new Date()));
              const [largest, setLargest] = useState<Unit>("days");
              const now = useNow(1000);
              const left = end === null ? 0 : Math.max(0, end.getTime() - now);

              return (
                <div className="body">
                  {target.type === "chosen" && (
                    <div className="field">
                      <label className="label" htmlFor={id}>
                        Count down to
                      </label>
                      <input
                        id={id}
                        className="input"
                        type="datetime-local"
                        onChange={(event) => setEnd(event.target.value === "" ? null : new Date(event.target.value))}
                      />
                    </div>
                  )}
                  <Clock milliseconds={left} largest={largest} />
                  <p className="reached" role="status">
                    {end !== null && left === 0 ? `${config.label || "The moment"} is here!` : ""}
                  </p>
                  {end !== null && (
                    <p className="until">
                      Until <time dateTime={end.toISOString()}>{end.toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" })}</time>
                    </p>
                  )}
                  <div className="row">
                    <button type="button" className="button" onClick={() => setLargest(next(largest))}>
                      {config.buttonLabel || `Show in ${next(largest)}`}
                    </button>
                  </div>
                </div>
              );
            }

            """,
        ["src/components/Timer.tsx"] = """
            import { useState } from "react";
            import { config } from "../config";
            import { useNow } from "../useNow";
            import { Clock } from "./Clock";

            /** Runs for a fixed time once it is started; it can be paused. */
            export function Timer({ seconds }: { seconds: number }) {
              const [rest, setRest] = useState(seconds * 1000);
              const [end, setEnd] = useState<number | null>(null);
              const now = useNow(250);
              const left = end === null ? rest : Math.max(0, end - now);
              const isOver = left === 0;
              const isRunning = end !== null && !isOver;

              const toggle = () => {
                if (isRunning) {
                  setRest(Math.max(0, end - Date.now()));
                  setEnd(null);
                } else {
                  setEnd(Date.now() + (isOver ? seconds * 1000 : rest));
                }
              };

              const reset = () => {
                setEnd(null);
                setRest(seconds * 1000);
              };

              return (
                <div className="body">
                  <Clock milliseconds={Math.ceil(left / 1000) * 1000} largest={seconds >= 86400 ? "days" : seconds >= 3600 ? "hours" : "minutes"} />
                  <p className="reached" role="status">
                    {isOver ? "Time is up!" : ""}
                  </p>
                  <div className="row">
                    <button type="button" className="button" onClick={toggle}>
                      {isRunning ? "Pause" : isOver ? "Start again" : config.buttonLabel || "Start"}
                    </button>
                    <button type="button" className="button quiet" onClick={reset}>
                      Reset
                    </button>
                  </div>
                </div>
              );
            }

            """,
        ["src/useNow.ts"] = """
            import { useEffect, useState } from "react";

            /** The current time in milliseconds, renewed at the given interval. */
            export function useNow(interval: number): number {
              const [now, setNow] = useState(() => Date.now());
              useEffect(() => {
                const id = setInterval(() => setNow(Date.now()), interval);
                return () => clearInterval(id);
              }, [interval]);
              return now;
            }

            """,
        ["src/logic.ts"] = """
            import type { Target } from "./config";

            const units = ["days", "hours", "minutes", "seconds"] as const;
            const lengths = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 };

            export type Unit = (typeof units)[number];

            /** The moment that a target means for a visitor at this time; null while there is none. */
            export function resolve(target: Target, now: Date): Date | null {
              switch (target.type) {
                case "instant":
                  return new Date(target.at);
                case "local":
                  return new Date(target.year, target.month - 1, target.day, target.hour, target.minute);
                case "yearly":
                  return nextYearly(target, now);
                case "weekly":
                  return nextWeekly(target, now);
                case "timer":
                case "chosen":
                  return null;
              }
            }

            function nextYearly(target: Extract<Target, { type: "yearly" }>, now: Date): Date {
              for (let year = now.getFullYear(); ; year++) {
                const date = new Date(year, target.month - 1, target.day, target.hour, target.minute);
                // In most years, 29 February is 1 March.
                if (date > now && date.getMonth() === target.month - 1) {
                  return date;
                }
              }
            }

            function nextWeekly(target: Extract<Target, { type: "weekly" }>, now: Date): Date {
              const date = new Date(now.getFullYear(), now.getMonth(), now.getDate(), target.hour, target.minute);
              while (date <= now || (target.weekday !== null && date.getDay() !== target.weekday)) {
                date.setDate(date.getDate() + 1);
              }

              return date;
            }

            /** A duration in units from the largest one down. */
            export function parts(milliseconds: number, largest: Unit): { unit: Unit; value: number }[] {
              let rest = milliseconds;
              return units.slice(units.indexOf(largest)).map((unit) => {
                const value = Math.floor(rest / lengths[unit]);
                rest -= value * lengths[unit];
                return { unit, value };
              });
            }

            /** The unit after this one, beginning again after the last. */
            export function next(unit: Unit): Unit {
              return units[(units.indexOf(unit) + 1) % units.length] ?? "days";
            }

            """,
    };

    /// <inheritdoc/>
    protected override CountdownSettings Read(PromptReader prompt, CountdownSettings? current, DateTimeOffset now)
    {
        if (CountdownReader.Find(prompt, now) is var (target, label))
        {
            return new(target, label);
        }

        return current ?? new(new CountdownTarget.Chosen(), CountdownReader.NameOf(prompt));
    }

    /// <inheritdoc/>
    protected override string? TitleOf(CountdownSettings settings) => settings.Label.Length > 0 ? $"Countdown to {settings.Label}" : null;

    /// <inheritdoc/>
    protected override string Describe(CountdownSettings settings) => settings.Target switch
    {
        CountdownTarget.Timer timer => $"a timer of {TimeSpan.FromSeconds(timer.Seconds):g}",
        CountdownTarget.Chosen => "a countdown to a date that the visitor enters",
        _ => settings.Label.Length > 0 ? $"a countdown to {settings.Label}" : Noun,
    };
}
