using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Templates;

/// <summary>Settings of a to-do list.</summary>
/// <param name="Items">What stands on it at first.</param>
public sealed record TodoListSettings(IReadOnlyList<string> Items) : WidgetSettings(WidgetKind.TodoList)
{
    /// <inheritdoc/>
    public override bool IsValid() => Fit(Items);
}

/// <summary>A list to tick off, add to and filter.</summary>
public sealed class TodoListTemplate : WidgetTemplate<TodoListSettings>
{
    private static readonly Regex Lead = PromptReader.Pattern(@"\b(?:with|containing|including|having|for|has|the)?\s*(?:the |these |following |initial |starting )*(?:items?|tasks?|to-?dos|entries)\b(?: are| is)?\s*:?|\b(?:to-?do|check|task|shopping|packing|grocery) ?list(?: of)?\s*:");

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.TodoList;

    /// <inheritdoc/>
    public override string Noun => "a to-do list";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        (@"to-?dos?(?:[ -]?lists?)?|to do lists?|check-?lists?|task (?:list|tracker|manager|board)s?|(?:shopping|packing|grocery|bucket|chore|wish) ?lists?", 4),
        ("things to do|tasks|to do|chores|tick off", 2));

    /// <inheritdoc/>
    public override string ConfigTypes => """
        export interface Config {
          title: string;
          text: string;
          buttonLabel: string;
          items: string[];
        }
        """;

    /// <inheritdoc/>
    public override string Style => """
        .widget .add {
          display: flex;
          flex-wrap: wrap;
          gap: 0.625em;
        }

        .widget .add .input {
          flex: 1 1 10em;
        }

        .widget .add .button {
          flex: 0 1 auto;
        }

        .widget .filter {
          display: flex;
          flex-wrap: wrap;
          gap: 0.375em;
        }

        .widget .filter .button {
          min-height: 2.25em;
          padding: 0.25em 0.875em;
          border-radius: 2em;
          font-size: 0.875em;
        }

        .widget .filter .button[aria-pressed="true"] {
          border-color: var(--accent-edge);
          background: var(--accent-soft);
        }

        .widget .tasks {
          display: grid;
          gap: 0.375em;
          margin: 0;
          padding: 0;
          list-style: none;
        }

        .widget .task {
          display: flex;
          gap: 0.5em;
          align-items: center;
          padding: 0.25em 0.375em 0.25em 0.75em;
          border-radius: 0.75em;
          background: var(--inset);
        }

        .widget .task label {
          display: flex;
          flex: 1;
          gap: 0.75em;
          align-items: center;
          min-height: 2.75em;
          min-width: 0;
          cursor: pointer;
        }

        .widget .task input {
          flex: none;
          width: 1.25em;
          height: 1.25em;
          margin: 0;
          accent-color: var(--accent-edge);
        }

        .widget .task.done span {
          color: var(--muted);
          text-decoration: line-through;
        }

        .widget .task .button {
          min-width: 2.75em;
          padding: 0.25em;
          border-color: transparent;
          color: var(--muted);
        }
        """ + "\n";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["src/App.tsx"] = """
            import { useReducer, useState } from "react";
            import { AddTask } from "./components/AddTask";
            import { Frame } from "./components/Frame";
            import { TaskRow } from "./components/TaskRow";
            import { config } from "./config";
            import { filters, initial, reduce, shown, type Filter } from "./logic";
            import "./styles.css";

            export default function App() {
              const [tasks, dispatch] = useReducer(reduce, config.items, initial);
              const [filter, setFilter] = useState<Filter>("All");
              const open = shown(tasks, "Open").length;
              const done = tasks.length - open;
              const visible = shown(tasks, filter);

              return (
                <Frame>
                  <div className="body">
                    <AddTask onAdd={(text) => dispatch({ type: "add", text })} />
                    <div className="filter" role="group" aria-label="Show">
                      {filters.map((name) => (
                        <button key={name} type="button" className="button quiet" aria-pressed={name === filter} onClick={() => setFilter(name)}>
                          {name}
                        </button>
                      ))}
                    </div>
                    {visible.length > 0 ? (
                      <ul className="tasks">
                        {visible.map((task) => (
                          <TaskRow key={task.id} task={task} dispatch={dispatch} />
                        ))}
                      </ul>
                    ) : (
                      <p className="note">{tasks.length === 0 ? "Nothing on the list yet." : `No ${filter.toLowerCase()} tasks.`}</p>
                    )}
                    <div className="row">
                      <span aria-live="polite">
                        {open} open, {done} done
                      </span>
                      {done > 0 && (
                        <button type="button" className="button quiet" onClick={() => dispatch({ type: "clear" })}>
                          Clear done
                        </button>
                      )}
                    </div>
                  </div>
                </Frame>
              );
            }

            """,
        ["src/components/AddTask.tsx"] = """
            import { useId, useState, type FormEvent } from "react";
            import { config } from "../config";

            /** The field that adds a task. */
            export function AddTask({ onAdd }: { onAdd: (text: string) => void }) {
              const id = useId();
              const [text, setText] = useState("");
              const submit = (event: FormEvent) => {
                event.preventDefault();
                if (text.trim() !== "") {
                  onAdd(text.trim());
                  setText("");
                }
              };

              return (
                <form className="field" onSubmit={submit}>
                  <label className="label" htmlFor={id}>
                    New task
                  </label>
                  <div className="add">
                    <input id={id} className="input" value={text} maxLength={200} autoComplete="off" onChange={(event) => setText(event.target.value)} />
                    <button type="submit" className="button">
                      {config.buttonLabel || "Add"}
                    </button>
                  </div>
                </form>
              );
            }

            """,
        ["src/components/TaskRow.tsx"] = """
            import type { Action, Task } from "../logic";

            /** One task: a box to tick it off, a button to delete it. */
            export function TaskRow({ task, dispatch }: { task: Task; dispatch: (action: Action) => void }) {
              return (
                <li className={task.done ? "task done" : "task"}>
                  <label>
                    <input type="checkbox" checked={task.done} onChange={() => dispatch({ type: "toggle", id: task.id })} />
                    <span dir="auto">{task.text}</span>
                  </label>
                  <button type="button" className="button quiet" aria-label={`Delete ${task.text}`} onClick={() => dispatch({ type: "remove", id: task.id })}>
                    <span aria-hidden="true">✕</span>
                  </button>
                </li>
              );
            }

            """,
        ["src/logic.ts"] = """
            export interface Task {
              id: number;
              text: string;
              done: boolean;
            }

            export type Action =
              | { type: "add"; text: string }
              | { type: "toggle"; id: number }
              | { type: "remove"; id: number }
              | { type: "clear" };

            export const filters = ["All", "Open", "Done"] as const;

            export type Filter = (typeof filters)[number];

            export function initial(items: string[]): Task[] {
              return items.map((text, id) => ({ id, text, done: false }));
            }

            export function reduce(tasks: Task[], action: Action): Task[] {
              switch (action.type) {
                case "add":
                  return [...tasks, { id: Math.max(-1, ...tasks.map((task) => task.id)) + 1, text: action.text, done: false }];
                case "toggle":
                  return tasks.map((task) => (task.id === action.id ? { ...task, done: !task.done } : task));
                case "remove":
                  return tasks.filter((task) => task.id !== action.id);
                case "clear":
                  return tasks.filter((task) => !task.done);
              }
            }

            export function shown(tasks: Task[], filter: Filter): Task[] {
              return filter === "All" ? tasks : tasks.filter((task) => task.done === (filter === "Done"));
            }

            """,
    };

    /// <inheritdoc/>
    protected override TodoListSettings Read(PromptReader prompt, TodoListSettings? current, DateTimeOffset now) =>
        new(current is null ? [.. prompt.List(Lead).Select(PromptReader.Capitalise)] : prompt.Edit(current.Items, Lead, PromptReader.Capitalise, item => item));

    /// <inheritdoc/>
    protected override string Describe(TodoListSettings settings) => settings.Items.Count == 0 ? Noun : $"{Noun} with {Count(settings.Items.Count, "task")}";
}
