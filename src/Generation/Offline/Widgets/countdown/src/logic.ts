import type { Target } from "./config";

const units = ["days", "hours", "minutes", "seconds"] as const;
const lengths = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 };

export type Unit = (typeof units)[number];

/** The moment that a target means for a visitor at this time; null while there is none. */
export function resolve(target: Target, now: Date): Date | null {
  switch (target.type) {
    case "instant":
      return new Date(target.at);
    case "local":
      return new Date(target.year, target.month - 1, target.day, target.hour, target.minute);
    case "yearly":
      return nextYearly(target, now);
    case "weekly":
      return nextWeekly(target, now);
    case "timer":
    case "chosen":
      return null;
  }
}

function nextYearly(target: Extract<Target, { type: "yearly" }>, now: Date): Date {
  for (let year = now.getFullYear(); ; year++) {
    const date = new Date(year, target.month - 1, target.day, target.hour, target.minute);
    // In most years, 29 February is 1 March.
    if (date > now && date.getMonth() === target.month - 1) {
      return date;
    }
  }
}

function nextWeekly(target: Extract<Target, { type: "weekly" }>, now: Date): Date {
  const date = new Date(now.getFullYear(), now.getMonth(), now.getDate(), target.hour, target.minute);
  while (date <= now || (target.weekday !== null && date.getDay() !== target.weekday)) {
    date.setDate(date.getDate() + 1);
  }

  return date;
}

/** A duration in units from the largest one down. */
export function parts(milliseconds: number, largest: Unit): { unit: Unit; value: number }[] {
  let rest = milliseconds;
  return units.slice(units.indexOf(largest)).map((unit) => {
    const value = Math.floor(rest / lengths[unit]);
    rest -= value * lengths[unit];
    return { unit, value };
  });
}

/** The unit after this one, beginning again after the last. */
export function next(unit: Unit): Unit {
  return units[(units.indexOf(unit) + 1) % units.length] ?? "days";
}
