/** What a word or phrase is worth. */
export interface Weight {
  word: string;
  points: number;
}

export interface Config {
  /** Empty for the list of friendly and unfriendly words. */
  weights: readonly Weight[];
  /** From which score on a text passes; null when nobody asked. */
  threshold: number | null;
}

export const config: Config = {
  weights: [
    { word: "urgent", points: 5 },
    { word: "important", points: 3 },
    { word: "later", points: -2 },
  ],
  threshold: 5,
};
