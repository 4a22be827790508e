/** What can be said of a list of numbers. */
export type Measure = "count" | "sum" | "mean" | "median" | "mode" | "least" | "greatest" | "range" | "variance" | "deviation" | "quartiles";

export interface Config {
  /** What is returned, in order. */
  measures: readonly Measure[];
}

export const config: Config = {
  measures: ["count", "mean", "median", "mode"],
};
