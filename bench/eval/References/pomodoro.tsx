import { useEffect, useState } from "react";

const minutes = { Work: 25, Break: 5 };

interface State {
  phase: "Work" | "Break";
  seconds: number;
  sessions: number;
}

const tick = ({ phase, seconds, sessions }: State): State =>
  seconds > 1 ? { phase, seconds: seconds - 1, sessions }
  : phase === "Work" ? { phase: "Break", seconds: minutes.Break * 60, sessions: sessions + 1 }
  : { phase: "Work", seconds: minutes.Work * 60, sessions };

export default function App() {
  const [isRunning, setRunning] = useState(false);
  const [state, setState] = useState<State>({ phase: "Work", seconds: minutes.Work * 60, sessions: 0 });
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setState(tick), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return (
    <section>
      <h2>{state.phase}</h2>
      <p>
        {Math.floor(state.seconds / 60)}:{String(state.seconds % 60).padStart(2, "0")}
      </p>
      <button onClick={() => setRunning(!isRunning)}>{isRunning ? "Pause" : "Start"}</button>
      <p>Sessions: {state.sessions}</p>
    </section>
  );
}
