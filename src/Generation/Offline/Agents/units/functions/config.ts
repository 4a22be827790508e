export interface Config {
  from: string;
  to: string;
  /** A value in the one unit times the factor plus the offset is the value in the other. */
  factor: number;
  offset: number;
  /** How many decimals the result is rounded to. */
  decimals: number;
}

export const config: Config = {
  from: "kilometres",
  to: "miles",
  factor: 0.621371192237,
  offset: 0,
  decimals: 4,
};
