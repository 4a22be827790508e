import type { Field } from "./config";

const patterns: Partial<Record<Field["type"], [RegExp, string]>> = {
  email: [/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an email address such as name@example.com"],
  tel: [/^\+?[\d\s()./-]{5,}$/, "a phone number, digits with an optional +"],
  url: [/^(https?:\/\/)?[^\s/]+\.[^\s]+$/, "a web address such as example.com"],
  number: [/^-?\d+([.,]\d+)?$/, "a number"],
};

export function emptyValues(fields: Field[]): string[] {
  return fields.map(() => "");
}

/** What is wrong with a value, or an empty string. */
export function validate(field: Field, value: string): string {
  const text = value.trim();
  if (text === "") {
    return !field.required ? "" : field.type === "checkbox" ? "Please tick this box." : `Please enter: ${field.label}.`;
  }

  const rule = patterns[field.type];
  return rule === undefined || rule[0].test(text) ? "" : `Please enter ${rule[1]}.`;
}

export function asText(fields: Field[], values: string[]): string {
  return fields.map((field, index) => `${field.label}: ${values[index] ?? ""}`).join("\n");
}
