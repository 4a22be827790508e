import { useEffect, useRef } from "react";
import { config } from "../config";

/** The result, with a way to begin again. */
export function Score({ points, onRestart }: { points: number; onRestart: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h3 ref={heading} tabIndex={-1} className="score">
        {points} of {config.questions.length} right
      </h3>
      <button type="button" className="button" onClick={onRestart}>
        Play again
      </button>
    </>
  );
}
