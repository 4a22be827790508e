import type { Bar } from "./config";

/** Where zero lies in a drawing 100 wide, and how wide one unit is. */
export function extent(bars: Bar[]): { zero: number; scale: number } {
  const low = Math.min(0, ...bars.map(({ value }) => value));
  const high = Math.max(0, ...bars.map(({ value }) => value));
  const scale = 100 / (high - low || 1);
  return { zero: -low * scale, scale };
}

export function sorted(bars: Bar[]): Bar[] {
  return [...bars].sort((a, b) => b.value - a.value);
}

export function valueText(value: number, unit: string): string {
  const text = value.toLocaleString();
  return unit === "" ? text : /^[$€£]$/.test(unit) ? `${unit}${text}` : `${text} ${unit}`;
}

export function described(bars: Bar[], unit: string): string {
  return `Bar chart: ${bars.map(({ label, value }) => `${label} ${valueText(value, unit)}`).join(", ")}`;
}
