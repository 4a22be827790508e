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
