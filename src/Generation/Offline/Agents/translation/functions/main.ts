import { config } from "./config";

interface Input {
  text: string;
  from?: string;
  to?: string;
}

interface Output {
  text: string;
  from: string;
  to: string;
}

/** The service takes at most 500 bytes at a time. */
const mostBytes = 450;

/** Sentences joined to pieces of a size that the service takes; a longer sentence is split at its words. */
function pieces(text: string): string[] {
  const size = (piece: string): number => new TextEncoder().encode(piece).length;
  const parts = text.match(/[^.!?\n]+[.!?]*\s*|\s+/g) ?? [];
  const small = parts.flatMap((part) => (size(part) <= mostBytes ? [part] : (part.match(/\S{1,100}\s*/g) ?? [])));
  const joined: string[] = [];
  for (const part of small) {
    const last = joined.at(-1);
    if (last !== undefined && size(last + part) <= mostBytes) {
      joined[joined.length - 1] = last + part;
    } else {
      joined.push(part);
    }
  }

  return joined;
}

async function translate(text: string, from: string, to: string): Promise<string> {
  const url = new URL("https://api.mymemory.translated.net/get");
  url.searchParams.set("q", text);
  url.searchParams.set("langpair", `${from}|${to}`);
  const response = await fetch(url);
  const answer: { responseStatus?: number | string; responseDetails?: string; responseData?: { translatedText?: string } } = await response.json();
  const translated = answer.responseData?.translatedText;
  if (!response.ok || Number(answer.responseStatus) !== 200 || translated === undefined) {
    throw new Error(`The translation service answered ${answer.responseStatus ?? response.status}: ${answer.responseDetails ?? ""}`);
  }

  return translated;
}

export default async (input: Input): Promise<Output> => {
  const { from = config.from, to = config.to } = input;
  const translated: string[] = [];
  for (const piece of pieces(input.text)) {
    translated.push(piece.trim() === "" ? piece : (await translate(piece.trim(), from, to)) + (/\s+$/.exec(piece)?.[0] ?? ""));
  }

  return { text: translated.join(""), from, to };
};
