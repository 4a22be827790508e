import { config, type Draw } from "./config";

/** Each draw reads its own part of it; what is missing is in the configuration. */
interface Input {
  options?: string[];
  items?: unknown[];
  dice?: number;
  sides?: number;
  min?: number;
  max?: number;
  length?: number;
}

/** Without the characters that are easily taken for one another. */
const kinds = ["abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#$%&*+-=?@_"];

const leastPasswordLength = 8;

/** A random whole number from 0 to below the limit, each equally likely. */
function below(limit: number): number {
  const numbers = new Uint32Array(1);
  const fair = 2 ** 32 - (2 ** 32 % limit);
  do {
    crypto.getRandomValues(numbers);
  } while (numbers[0]! >= fair);

  return numbers[0]! % limit;
}

function choose(input: Input): { choice: string; index: number } {
  const options = input.options ?? config.options;
  const choice = options.length > 0 ? options[below(options.length)] : undefined;
  if (choice === undefined) {
    throw new Error("There is nothing to choose from: give the input \"options\".");
  }

  return { choice, index: options.indexOf(choice) };
}

/** Every order is equally likely (Fisher and Yates). */
function shuffle(input: Input): { items: unknown[] } {
  const items = [...(input.items ?? [])];
  for (let i = items.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }

  return { items };
}

function roll(input: Input): { rolls: number[]; total: number } {
  const { dice = config.count, sides = config.greatest } = input;
  const rolls = Array.from({ length: dice }, () => below(sides) + 1);
  return { rolls, total: rolls.reduce((sum, value) => sum + value, 0) };
}

function drawNumber(input: Input): { number: number } {
  const { min = config.least, max = config.greatest } = input;
  if (max < min) {
    throw new Error("The greatest number is less than the least.");
  }

  return { number: min + below(max - min + 1) };
}

/** Draws until there is a character of every kind, so that no place is more likely to hold one than another. */
function drawPassword(input: Input): { password: string } {
  const all = kinds.join("");
  const length = Math.max(input.length ?? config.count, leastPasswordLength);
  for (;;) {
    const password = Array.from({ length }, () => all.charAt(below(all.length))).join("");
    if (kinds.every((kind) => [...kind].some((character) => password.includes(character)))) {
      return { password };
    }
  }
}

const draws: Record<Draw, (input: Input) => object> = {
  choice: choose,
  shuffle,
  dice: roll,
  number: drawNumber,
  password: drawPassword,
  uuid: () => ({ uuid: crypto.randomUUID() }),
};

export default async (input: Input | null): Promise<object> => draws[config.draw](input ?? {});
