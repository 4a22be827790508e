import { useId } from "react";
import { config, type Pair } from "../config";
import { units } from "../units";

export function PairChoice({ onChoose }: { onChoose: (pair: Pair) => void }) {
  const id = useId();
  const choose = (index: string) => {
    const pair = config.pairs[Number(index)];
    if (pair !== undefined) {
      onChoose(pair);
    }
  };

  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        Convert
      </label>
      <select id={id} className="input" onChange={(event) => choose(event.target.value)}>
        {config.pairs.map(({ from, to }, index) => (
          <option key={`${from}-${to}`} value={index}>
            {units[from].name} and {units[to].name}
          </option>
        ))}
      </select>
    </div>
  );
}
