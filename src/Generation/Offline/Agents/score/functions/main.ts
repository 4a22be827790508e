import { config } from "./config";
import { friendliness, negations } from "./sentiment";

interface Input {
  text: string;
}

interface Match {
  word: string;
  count: number;
  points: number;
}

interface Output {
  score: number;
  label: "positive" | "neutral" | "negative";
  matches: Match[];
  passes?: boolean;
}

const isSentiment = config.weights.length === 0;

/** What each word or phrase is worth, in lower case. */
const weights = isSentiment ? friendliness : new Map(config.weights.map(({ word, points }) => [word.toLowerCase(), points]));

const wordsOf = (text: string): string[] => text.toLowerCase().replaceAll("’", "'").match(/[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/gu) ?? [];

export default async (input: Input): Promise<Output> => {
  const words = wordsOf(input.text);
  const isNegated = (at: number): boolean => isSentiment && words.slice(Math.max(0, at - 2), at).some((word) => negations.has(word));
  const found = new Map<string, Match>();
  for (const [term, points] of weights) {
    const parts = wordsOf(term);
    for (let at = 0; parts.length > 0 && at + parts.length <= words.length; at++) {
      if (parts.every((part, offset) => words[at + offset] === part)) {
        const match = found.get(term) ?? { word: term, count: 0, points: 0 };
        match.count++;
        match.points += isNegated(at) ? -points : points;
        found.set(term, match);
      }
    }
  }

  const matches = [...found.values()].sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || a.word.localeCompare(b.word));
  const score = matches.reduce((sum, match) => sum + match.points, 0);
  const output: Output = { score, label: score > 0 ? "positive" : score < 0 ? "negative" : "neutral", matches };
  if (config.threshold !== null) {
    output.passes = score >= config.threshold;
  }

  return output;
};
