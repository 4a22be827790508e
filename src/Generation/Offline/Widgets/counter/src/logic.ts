import type { Config } from "./config";

type Limits = Pick<Config, "step" | "min" | "max">;

/** The value after one step, kept within the limits; free of binary rounding such as 0.1 + 0.2. */
export function stepped(value: number, direction: 1 | -1, { step, min, max }: Limits): number {
  const next = Number((value + direction * step).toFixed(10));
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, next));
}

/** Whether a step in this direction changes anything. */
export function canStep(value: number, direction: 1 | -1, limits: Limits): boolean {
  return stepped(value, direction, limits) !== value;
}
