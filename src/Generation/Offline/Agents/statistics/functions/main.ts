import { config, type Measure } from "./config";

interface Input {
  numbers: number[];
}

type Output = Record<string, number | number[]>;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;

/** Of the numbers themselves, not estimated from them as a sample. */
function variance(numbers: readonly number[]): number {
  const middle = mean(numbers);
  return numbers.reduce((total, number) => total + (number - middle) ** 2, 0) / numbers.length;
}

/** The numbers that occur most often, the smallest first. */
function mode(sorted: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const number of sorted) {
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }

  const most = [...counts.values()].reduce((a, b) => Math.max(a, b));
  return [...counts].filter(([, count]) => count === most).map(([number]) => number);
}

/** Between two numbers it is interpolated. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}

/** What each measure is called in the output, and how it is taken of the numbers, and of the same in ascending order. */
const measures: Record<Measure, [name: string, of: (numbers: readonly number[], sorted: readonly number[]) => number | number[]]> = {
  count: ["count", (numbers) => numbers.length],
  sum: ["sum", sum],
  mean: ["mean", mean],
  median: ["median", (_, sorted) => quantile(sorted, 0.5)],
  mode: ["mode", (_, sorted) => mode(sorted)],
  least: ["min", (_, sorted) => sorted[0]!],
  greatest: ["max", (_, sorted) => sorted[sorted.length - 1]!],
  range: ["range", (_, sorted) => sorted[sorted.length - 1]! - sorted[0]!],
  variance: ["variance", variance],
  deviation: ["standardDeviation", (numbers) => Math.sqrt(variance(numbers))],
  quartiles: ["quartiles", (_, sorted) => [0.25, 0.5, 0.75].map((share) => quantile(sorted, share))],
};

export default async (input: Input): Promise<Output> => {
  const { numbers } = input;
  if (numbers.length === 0) {
    throw new Error("There are no numbers.");
  }

  const sorted = numbers.toSorted((a, b) => a - b);
  const output: Output = {};
  for (const measure of config.measures) {
    const [name, of] = measures[measure];
    output[name] = of(numbers, sorted);
  }

  return output;
};
