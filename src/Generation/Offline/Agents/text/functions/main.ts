import { config, type Change, type Count, type Step } from "./config";

interface Input {
  text: string;
}

/** The text after all changes, and a number for each thing that is counted. */
type Output = { text: string } & Record<string, string | number>;

/** The words of a text or a name, without accents and in lower case. */
const wordsOf = (text: string): string[] =>
  text
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .replace(/ß/g, "ss")
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const linesOf = (text: string): string[] => text.split(/\r?\n/);

const found = (text: string, pattern: RegExp): string => (text.match(pattern) ?? []).join("\n");

const changes: Record<Change, (text: string, step: Step) => string> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  title: (text) => text.toLowerCase().replace(/(^|[\s(\[{"“-])(\p{L})/gu, (start) => start.toUpperCase()),
  sentence: (text) => text.toLowerCase().replace(/(^|[.!?…]\s+)(\p{L})/gu, (start) => start.toUpperCase()),
  camel: (text) => wordsOf(text).map((word, index) => (index === 0 ? word : capitalise(word))).join(""),
  pascal: (text) => wordsOf(text).map(capitalise).join(""),
  snake: (text) => wordsOf(text).join("_"),
  constant: (text) => wordsOf(text).join("_").toUpperCase(),
  slug: (text) => wordsOf(text).join("-"),
  reverse: (text) => Array.from(new Intl.Segmenter().segment(text), (part) => part.segment).reverse().join(""),
  reverseWords: (text) => text.trim().split(/\s+/).reverse().join(" "),
  trim: (text) => text.trim().replace(/[^\S\n]+/g, " "),
  punctuation: (text) => text.replace(/\p{P}+/gu, ""),
  accents: (text) => text.normalize("NFD").replace(/\p{M}+/gu, "").normalize("NFC"),
  digits: (text) => text.replace(/\p{Nd}+/gu, ""),
  vowels: (text) => text.replace(/[aeiou]/gi, ""),
  html: (text) => text.replace(/<[^>]*>/g, ""),
  emptyLines: (text) => linesOf(text).filter((line) => line.trim() !== "").join("\n"),
  sortLines: (text) => linesOf(text).sort((a, b) => a.localeCompare(b)).join("\n"),
  sortWords: (text) => text.trim().split(/\s+/).sort((a, b) => a.localeCompare(b)).join(" "),
  uniqueLines: (text) => [...new Set(linesOf(text))].join("\n"),
  encodeBase64: (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))),
  decodeBase64: (text) => new TextDecoder().decode(Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0))),
  encodeUrl: (text) => encodeURIComponent(text),
  decodeUrl: (text) => decodeURIComponent(text),
  rot13: (text) => text.replace(/[a-z]/gi, (c) => String.fromCharCode(c.charCodeAt(0) + (c.toLowerCase() < "n" ? 13 : -13))),
  emails: (text) => found(text, /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu),
  urls: (text) => found(text, /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/gi),
  numbers: (text) => found(text, /-?\d+(?:\.\d+)?/g),
  hashtags: (text) => found(text, /#[\p{L}\p{N}_]+/gu),
  replace: (text, { from, to }) => text.replaceAll(from, () => to),
  prefix: (text, { from }) => from + text,
  suffix: (text, { from }) => text + from,
  truncate: (text, { from }) => (text.length > Number(from) ? text.slice(0, Number(from)).trimEnd() + "…" : text),
};

const counters: Record<Count, (text: string) => number> = {
  words: (text) => text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0,
  // As a reader counts them.
  characters: (text) => [...new Intl.Segmenter().segment(text)].length,
  sentences: (text) => text.split(/[.!?…]+(?:\s|$)/u).filter((part) => part.trim() !== "").length,
  lines: (text) => (text === "" ? 0 : text.split(/\r\n|\r|\n/).length),
  paragraphs: (text) => text.split(/(?:\r?\n\s*){2,}/).filter((part) => part.trim() !== "").length,
  vowels: (text) => text.normalize("NFD").match(/[aeiou]/gi)?.length ?? 0,
  // At 200 words a minute.
  readingTime: (text) => Math.ceil((text.match(/\S+/g)?.length ?? 0) / 200),
};

/** Changes the text step by step, and counts what was asked for in the text as it came. */
export default async (input: Input): Promise<Output> => {
  const output: Output = { text: config.steps.reduce((text, step) => changes[step.change](text, step), input.text) };
  for (const count of config.counts) {
    output[count === "readingTime" ? "readingMinutes" : count] = counters[count](input.text);
  }

  return output;
};
