import { config } from "./config";

type Input = Readonly<Record<string, string | number>>;

interface Output {
  message: string;
}

/** Puts the input where the template has its places. */
export default async (input: Input): Promise<Output> => ({
  message: config.text.replace(/\{\{(\w+)\}\}/g, (place, name: string) => String(input[name] ?? place)),
});
