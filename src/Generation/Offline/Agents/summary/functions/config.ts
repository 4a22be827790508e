export interface Config {
  /** How many sentences the summary has at most, when a run does not say. */
  sentences: number;
  /** Whether the summary is a list. */
  asBullets: boolean;
  /** Whether the lengths before and after are returned too. */
  counts: boolean;
  /** How many of the most frequent words are returned too; 0 for none. */
  keywords: number;
}

export const config: Config = {
  sentences: 3,
  asBullets: false,
  counts: true,
  keywords: 5,
};
