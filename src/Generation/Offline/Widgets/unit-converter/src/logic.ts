import type { Pair } from "./config";
import { units } from "./units";

/** A number as people type it, with a point or a comma; null when it is none. */
export function parse(text: string): number | null {
  const trimmed = text.trim().replace(",", ".");
  const value = Number(trimmed);
  return trimmed === "" || !Number.isFinite(value) ? null : value;
}

export function convert(value: number, { from, to }: Pair): number {
  const base = value * units[from].factor + units[from].offset;
  return (base - units[to].offset) / units[to].factor;
}

export function format(value: number): string {
  return value.toLocaleString(undefined, { maximumSignificantDigits: 7 });
}

export function swapped({ from, to }: Pair): Pair {
  return { from: to, to: from };
}
