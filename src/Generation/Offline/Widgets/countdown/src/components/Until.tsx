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
