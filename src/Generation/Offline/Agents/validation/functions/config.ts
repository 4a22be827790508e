/** What a field can be checked for. */
export type Rule = "present" | "email" | "url" | "iban" | "phone" | "card" | "date" | "integer" | "uuid" | "ipAddress" | "hex" | "password";

/** One rule for one field. */
export interface Check {
  field: string;
  rule: Rule;
  isRequired: boolean;
}

export interface Config {
  /** What is checked, in order. */
  checks: readonly Check[];
}

export const config: Config = {
  checks: [
    { field: "email", rule: "email", isRequired: true },
    { field: "phone", rule: "phone", isRequired: false },
  ],
};
