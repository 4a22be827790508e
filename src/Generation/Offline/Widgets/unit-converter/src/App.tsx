import { useId, useState } from "react";
import { Frame } from "./components/Frame";
import { PairChoice } from "./components/PairChoice";
import { Result } from "./components/Result";
import { config, type Pair } from "./config";
import { parse, swapped } from "./logic";
import "./styles.css";
import { units } from "./units";

export default function App() {
  const id = useId();
  const [pair, setPair] = useState<Pair>(config.pairs[0] ?? { from: "km", to: "mi" });
  const [text, setText] = useState("1");
  const value = parse(text);
  const isWrong = text.trim() !== "" && value === null;

  return (
    <Frame>
      <div className="body">
        {config.pairs.length > 1 && <PairChoice onChoose={setPair} />}
        <div className="field">
          <label className="label" htmlFor={id}>
            {units[pair.from].name}
          </label>
          <input
            id={id}
            className="input"
            inputMode="decimal"
            autoComplete="off"
            aria-invalid={isWrong}
            aria-describedby={isWrong ? `${id}-error` : undefined}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          {isWrong && (
            <p id={`${id}-error`} className="error">
              Please enter a number, such as 12.5.
            </p>
          )}
        </div>
        <Result value={value} pair={pair} />
        <div className="row">
          <button type="button" className="button" onClick={() => setPair(swapped(pair))}>
            {config.buttonLabel || "Swap units"}
          </button>
        </div>
      </div>
    </Frame>
  );
}
