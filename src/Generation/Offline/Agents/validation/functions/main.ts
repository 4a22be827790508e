import { config } from "./config";
import { rules } from "./rules";

type Input = Readonly<Record<string, unknown>>;

interface Problem {
  field: string;
  message: string;
}

interface Output {
  valid: boolean;
  errors: Problem[];
}

/** A field that is missing or blank is an error only where it is required. */
export default async (input: Input): Promise<Output> => {
  const errors: Problem[] = [];
  for (const { field, rule, isRequired } of config.checks) {
    const value = String(input[field] ?? "").trim();
    const message = value === "" ? (isRequired ? "is required" : null) : rules[rule](value);
    if (message !== null) {
      errors.push({ field, message });
    }
  }

  return { valid: errors.length === 0, errors };
};
