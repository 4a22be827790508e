import type { Config } from "./config";

/** A price in the visitor's own notation; whole amounts without decimals. */
export function amount(price: number, currency: string): string {
  if (price === 0) {
    return "Free";
  }

  return price.toLocaleString(undefined, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: Number.isInteger(price) ? 0 : 2,
    maximumFractionDigits: 2,
  });
}

export function priceText(price: number, { currency, period }: Pick<Config, "currency" | "period">): string {
  return price === 0 || period === "" ? amount(price, currency) : `${amount(price, currency)} per ${period}`;
}
