import { useEffect, useRef } from "react";
import { config } from "../config";
import { percent, total } from "../logic";

/** How the votes are spread. */
export function Results({ votes, onBack }: { votes: number[]; onBack: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const sum = total(votes);

  return (
    <>
      <h3 ref={heading} tabIndex={-1} className="label">
        {sum === 1 ? "1 vote" : `${sum} votes`}
      </h3>
      <ul className="results">
        {config.options.map((option, index) => (
          <li key={option} className="result">
            <span dir="auto">{option}</span>
            <span className="share">
              {percent(votes, index)} % ({votes[index] ?? 0})
            </span>
            <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 10">
              {percent(votes, index) > 0 && <rect width={percent(votes, index)} height="10" />}
            </svg>
          </li>
        ))}
      </ul>
      <div className="row">
        <button type="button" className="button quiet" onClick={onBack}>
          Vote again
        </button>
      </div>
    </>
  );
}
