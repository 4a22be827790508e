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
