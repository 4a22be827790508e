/** What can be done to a text. */
export type Change =
  | "upper"
  | "lower"
  | "title"
  | "sentence"
  | "camel"
  | "pascal"
  | "snake"
  | "constant"
  | "slug"
  | "reverse"
  | "reverseWords"
  | "trim"
  | "punctuation"
  | "accents"
  | "digits"
  | "vowels"
  | "html"
  | "emptyLines"
  | "sortLines"
  | "sortWords"
  | "uniqueLines"
  | "encodeBase64"
  | "decodeBase64"
  | "encodeUrl"
  | "decodeUrl"
  | "rot13"
  | "emails"
  | "urls"
  | "numbers"
  | "hashtags"
  | "replace"
  | "prefix"
  | "suffix"
  | "truncate";

/** What can be counted in a text. */
export type Count = "words" | "characters" | "sentences" | "lines" | "paragraphs" | "vowels" | "readingTime";

/** One change of a text. */
export interface Step {
  change: Change;
  /** What "replace" looks for, what "prefix" and "suffix" add, how many characters "truncate" leaves; empty for the others. */
  from: string;
  /** What "replace" puts there. */
  to: string;
}

export interface Config {
  /** The changes, in their order. */
  steps: readonly Step[];
  /** What is counted in the text as it came. */
  counts: readonly Count[];
}

export const config: Config = {
  steps: [{ change: "upper", from: "", to: "" }],
  counts: ["words"],
};
