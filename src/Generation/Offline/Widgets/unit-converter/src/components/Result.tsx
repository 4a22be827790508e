import type { Pair } from "../config";
import { convert, format } from "../logic";
import { units } from "../units";

/** The converted value, read out when it changes. */
export function Result({ value, pair }: { value: number | null; pair: Pair }) {
  return (
    <output className="conversion" aria-live="polite" aria-atomic="true">
      <strong>{value === null ? "–" : `${format(convert(value, pair))} ${units[pair.to].symbol}`}</strong>
      <span>{units[pair.to].name}</span>
    </output>
  );
}
