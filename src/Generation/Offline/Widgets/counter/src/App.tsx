import { useState } from "react";
import { Count } from "./components/Count";
import { Frame } from "./components/Frame";
import { config } from "./config";
import { canStep, stepped } from "./logic";
import "./styles.css";

export default function App() {
  const [value, setValue] = useState(config.start);
  const button = (direction: 1 | -1, sign: string, name: string) => (
    <button
      type="button"
      className="button"
      aria-label={`${name} by ${config.step}`}
      disabled={!canStep(value, direction, config)}
      onClick={() => setValue((current) => stepped(current, direction, config))}
    >
      {sign}
    </button>
  );

  return (
    <Frame>
      <div className="body">
        <Count value={value} />
        <div className="steps">
          {button(-1, "\u2212", "Decrease")}
          {button(1, "+", "Increase")}
        </div>
        {config.reset && (
          <button type="button" className="button quiet" onClick={() => setValue(config.start)}>
            Reset
          </button>
        )}
      </div>
    </Frame>
  );
}
