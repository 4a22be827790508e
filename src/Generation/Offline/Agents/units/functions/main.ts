import { config } from "./config";

interface Input {
  value: number;
}

interface Output {
  value: number;
  unit: string;
}

export default async (input: Input): Promise<Output> => {
  const value = input.value * config.factor + config.offset;
  return { value: Number(value.toFixed(config.decimals)), unit: config.to };
};
