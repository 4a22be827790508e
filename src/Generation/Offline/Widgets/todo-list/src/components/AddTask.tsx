import { useId, useState, type FormEvent } from "react";
import { config } from "../config";

/** The field that adds a task. */
export function AddTask({ onAdd }: { onAdd: (text: string) => void }) {
  const id = useId();
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") {
      onAdd(text.trim());
      setText("");
    }
  };

  return (
    <form className="field" onSubmit={submit}>
      <label className="label" htmlFor={id}>
        New task
      </label>
      <div className="add">
        <input id={id} className="input" value={text} maxLength={200} autoComplete="off" onChange={(event) => setText(event.target.value)} />
        <button type="submit" className="button">
          {config.buttonLabel || "Add"}
        </button>
      </div>
    </form>
  );
}
