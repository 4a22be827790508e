import { useId, useState, type FormEvent } from "react";
import { config } from "../config";

/** The options, one of which may be chosen. */
export function Ballot({ onVote }: { onVote: (option: number) => void }) {
  const name = useId();
  const [chosen, setChosen] = useState<number | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen !== null) {
      onVote(chosen);
    }
  };

  return (
    <form className="body" onSubmit={submit}>
      <fieldset className="choices">
        <legend className={config.question === "" || config.question === config.title ? "hidden" : undefined} dir="auto">
          {config.question || "Your choice"}
        </legend>
        {config.options.map((option, index) => (
          <label key={option} className="choice">
            <input type="radio" name={name} checked={chosen === index} onChange={() => setChosen(index)} />
            <span dir="auto">{option}</span>
          </label>
        ))}
      </fieldset>
      <button type="submit" className="button" disabled={chosen === null}>
        {config.buttonLabel || "Vote"}
      </button>
    </form>
  );
}
