import type { Rule } from "./config";

/** Each says what is wrong with a text, or null. */
export const rules: Record<Rule, (value: string) => string | null> = {
  present: () => null,
  email: (value) =>
    /^[^\s@"(),:;<>[\]\\]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}$/u.test(value) && !value.includes("..") && !/^\.|\.@/.test(value)
      ? null
      : "is not an e-mail address",
  url: (value) => (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) ? null : "is not a web address that begins with http:// or https://"),
  iban: (value) => {
    const iban = value.replace(/\s/g, "").toUpperCase();
    if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) {
      return "is not an IBAN";
    }

    // ISO 13616: the number made of the rearranged text, letters being 10 to 35, leaves 1 when divided by 97.
    const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
    return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1 ? null : "is an IBAN with wrong check digits";
  },
  phone: (value) => (/^\+?[\d\s()./-]+$/.test(value) && /^\d{7,15}$/.test(value.replace(/\D/g, "")) ? null : "is not a phone number of 7 to 15 digits"),
  card: (value) => {
    const digits = value.replace(/[\s-]/g, "");
    if (!/^\d{12,19}$/.test(digits)) {
      return "is not a card number of 12 to 19 digits";
    }

    // Luhn: every second digit from the right counts twice, and the digits of the sum of all end in 0.
    const sum = [...digits].reverse().reduce((total, digit, index) => total + (index % 2 === 0 ? Number(digit) : (Number(digit) * 2) % 9 || (digit === "9" ? 9 : 0)), 0);
    return sum % 10 === 0 ? null : "is a card number with a wrong check digit";
  },
  date: (value) =>
    /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(value).getTime() > -Infinity && new Date(value).toISOString().startsWith(value) ? null : "is not a date as YYYY-MM-DD",
  integer: (value) => (/^[+-]?\d+$/.test(value) ? null : "is not a whole number"),
  uuid: (value) => (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? null : "is not a UUID"),
  ipAddress: (value) => (/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(value) ? null : "is not an IPv4 address"),
  hex: (value) => (/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(value) ? null : "is not a colour as #rgb or #rrggbb"),
  password: (value) => {
    const missing = [value.length < 12 && "12 characters", !/\p{Ll}/u.test(value) && "a small letter", !/\p{Lu}/u.test(value) && "a capital letter", !/\d/.test(value) && "a digit"].filter(Boolean);
    return missing.length === 0 ? null : `needs ${missing.join(", ")}`;
  },
};
