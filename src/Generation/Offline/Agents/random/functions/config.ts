/** What is drawn. */
export type Draw = "choice" | "shuffle" | "dice" | "number" | "password" | "uuid";

export interface Config {
  draw: Draw;
  /** What "choice" chooses from when the input brings no options. */
  options: readonly string[];
  /** How many dice, or how many characters of a password. */
  count: number;
  /** The least number. */
  least: number;
  /** The greatest number, or the sides of a die. */
  greatest: number;
}

export const config: Config = {
  draw: "dice",
  options: [],
  count: 2,
  least: 1,
  greatest: 6,
};
