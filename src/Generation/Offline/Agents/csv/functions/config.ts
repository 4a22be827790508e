export interface Config {
  /** Whether CSV becomes JSON; else JSON becomes CSV. */
  toJson: boolean;
  delimiter: "," | ";" | "\t" | "|";
  /** Whether numbers and truth values become such in JSON. */
  typedValues: boolean;
}

export const config: Config = {
  toJson: true,
  delimiter: ",",
  typedValues: false,
};
