import { useEffect, useState } from "react";

const shown = (time: number) => `${Math.floor(time / 60000)}:${((time % 60000) / 1000).toFixed(1).padStart(4, "0")}`;

export default function App() {
  const [start, setStart] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  const [laps, setLaps] = useState<number[]>([]);
  useEffect(() => {
    if (start === null) return;
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [start]);
  const time = start === null ? 0 : Math.max(0, now - start);
  return (
    <section>
      <p>{shown(time)}</p>
      <button onClick={() => { setStart(Date.now()); setNow(Date.now()); }}>Start</button>
      <button onClick={() => setLaps([...laps, time])}>Lap</button>
      <ol>{laps.map((lap, at) => <li key={at}>{shown(lap)}</li>)}</ol>
    </section>
  );
}
