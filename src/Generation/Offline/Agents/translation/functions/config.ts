export interface Config {
  /** The language of the input when a run does not say, as a code of two letters. */
  from: string;
  /** The language of the output when a run does not say. */
  to: string;
}

export const config: Config = {
  from: "en",
  to: "de",
};
