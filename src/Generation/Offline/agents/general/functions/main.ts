import { config } from "./config";

interface Output {
  asked: string;
  received: unknown;
  fields: string[];
  characters: number;
  at: string;
}

/** Returns the input with what can be said of it. */
export default async (input: unknown, context: AgentContext): Promise<Output> => {
  const received = input ?? {};
  console.log(`Run ${context.runId} was started by: ${context.trigger}`);
  return {
    asked: config.asked,
    received,
    fields: typeof received === "object" ? Object.keys(received) : [],
    characters: JSON.stringify(received).length,
    at: context.now,
  };
};
