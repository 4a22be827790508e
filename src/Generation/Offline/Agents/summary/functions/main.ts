import { config } from "./config";

interface Input {
  text: string;
  sentences?: number;
}

interface Output {
  summary: string;
  sentences: string[];
  words?: number;
  summaryWords?: number;
  keywords?: string[];
}

/** Words that say nothing about what a text is about. */
const common = new Set(
  ("a about after all also am an and any are as at be because been before but by can could did do does for from had has have he her here him his how i if in " +
    "into is it its just like me more most my no not of on one only or other our out over she so some such than that the their them then there these they this " +
    "those to too under up us very was we were what when where which while who will with would you your").split(" "),
);

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*/gu) ?? [];

const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;

/** A sentence counts as much as its words are frequent in the whole text, on average; what stands first counts a little more. */
export default async (input: Input): Promise<Output> => {
  const all = Array.from(new Intl.Segmenter("en", { granularity: "sentence" }).segment(input.text), (part) => part.segment.trim()).filter((part) => part !== "");
  const frequency = new Map<string, number>();
  for (const word of wordsOf(input.text)) {
    if (!common.has(word) && word.length > 2) {
      frequency.set(word, (frequency.get(word) ?? 0) + 1);
    }
  }

  const scored = all.map((sentence, index) => {
    const words = wordsOf(sentence);
    const sum = words.reduce((total, word) => total + (frequency.get(word) ?? 0), 0);
    return { sentence, index, score: (sum / (words.length + 3)) * (index === 0 ? 1.2 : 1) };
  });
  const chosen = scored
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, input.sentences ?? config.sentences)
    .sort((a, b) => a.index - b.index)
    .map((item) => item.sentence);

  const output: Output = {
    summary: config.asBullets ? chosen.map((sentence) => `- ${sentence}`).join("\n") : chosen.join(" "),
    sentences: chosen,
  };
  if (config.counts) {
    output.words = countWords(input.text);
    output.summaryWords = countWords(chosen.join(" "));
  }

  if (config.keywords > 0) {
    output.keywords = [...frequency]
      .sort(([a, countA], [b, countB]) => countB - countA || a.localeCompare(b))
      .slice(0, config.keywords)
      .map(([word]) => word);
  }

  return output;
};
