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
