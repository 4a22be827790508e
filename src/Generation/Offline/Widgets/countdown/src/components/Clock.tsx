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
