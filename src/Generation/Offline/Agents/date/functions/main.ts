import { config, type Format, type Task, type Unit } from "./config";

/** Each task reads its own part of it. */
type Input = Partial<Record<"date" | "from" | "to" | "birthDate" | "on", string> & Record<Unit, number>>;

type Output = Record<string, string | number | boolean>;

const dayLength = 86_400_000;
const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const written: Record<Format, string> = { iso: "YYYY-MM-DD", us: "MM/DD/YYYY or YYYY-MM-DD", eu: "DD/MM/YYYY or YYYY-MM-DD" };

/** Year, month and day of a text, of which those may be no numbers. */
function partsOf(text: string): [number, number, number] {
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:T.*)?$/.exec(text);
  if (iso || config.format === "iso") {
    return [Number(iso?.[1]), Number(iso?.[2]), Number(iso?.[3])];
  }

  const local = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
  const [first, second, year] = [Number(local?.[1]), Number(local?.[2]), Number(local?.[3])];
  return config.format === "us" ? [year, first, second] : [year, second, first];
}

/** A date that does not exist is an error. */
function parse(text: string): Date {
  const [year, month, day] = partsOf(text.trim());
  const date = new Date(Date.UTC(year, month - 1, day));
  if (Number.isNaN(date.getTime()) || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw new Error(`"${text}" is not a date as ${written[config.format]}.`);
  }

  return date;
}

const format = (date: Date): string => date.toISOString().slice(0, 10);

const weekdayOf = (date: Date): string => dayNames[date.getUTCDay()]!;

const addDays = (date: Date, days: number): Date => new Date(date.getTime() + days * dayLength);

const daysBetween = (from: Date, to: Date): number => Math.round((to.getTime() - from.getTime()) / dayLength);

/** Monday to Friday; holidays are not known. */
const isBusinessDay = (date: Date): boolean => date.getUTCDay() % 6 !== 0;

/** The same day some months later, or the last one of that month where it is shorter. */
function addMonths(date: Date, months: number): Date {
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date.getUTCDate(), last));
  return target;
}

const sums: Record<Unit, (date: Date, number: number) => Date> = {
  days: addDays,
  weeks: (date, weeks) => addDays(date, weeks * 7),
  months: addMonths,
  years: (date, years) => addMonths(date, years * 12),
};

/** What each task makes of the input; a date that is missing is the day of the run. */
const tasks: Record<Task, (input: Input, today: string) => Output> = {
  daysBetween: (input, today) => {
    const days = daysBetween(parse(input.from ?? today), parse(input.to ?? today));
    return { days, weeks: Math.trunc(days / 7) };
  },
  businessDaysBetween: (input, today) => {
    const [from, to] = [parse(input.from ?? today), parse(input.to ?? today)];
    const sign = to < from ? -1 : 1;
    let businessDays = 0;
    for (let left = Math.abs(daysBetween(from, to)); left > 0; left--) {
      businessDays += isBusinessDay(addDays(from, sign * left)) ? sign : 0;
    }

    return { businessDays };
  },
  add: (input, today) => {
    const date = sums[config.unit](parse(input.date ?? today), input[config.unit] ?? config.number);
    return { date: format(date), weekday: weekdayOf(date) };
  },
  addBusinessDays: (input, today) => {
    let date = parse(input.date ?? today);
    const days = input.days ?? config.number;
    for (let left = Math.abs(days); left > 0; left -= isBusinessDay(date) ? 1 : 0) {
      date = addDays(date, Math.sign(days));
    }

    return { date: format(date), weekday: weekdayOf(date) };
  },
  nextWeekday: (input, today) => {
    const start = parse(input.date ?? today);
    const days = (config.weekday - start.getUTCDay() + 7) % 7 || 7;
    return { date: format(addDays(start, days)), days };
  },
  age: (input, today) => {
    const born = parse(input.birthDate ?? today);
    const on = parse(input.on ?? today);
    if (born > on) {
      throw new Error("The date of birth is in the future.");
    }

    // Who is born on 29 February has the birthday on 1 March in other years.
    const birthday = (year: number): Date => new Date(Date.UTC(year, born.getUTCMonth(), born.getUTCDate()));
    const year = on.getUTCFullYear();
    const years = year - born.getUTCFullYear() - (on < birthday(year) ? 1 : 0);
    const next = on <= birthday(year) ? birthday(year) : birthday(year + 1);
    return { years, daysToBirthday: daysBetween(on, next) };
  },
  weekdayOf: (input, today) => {
    const date = parse(input.date ?? today);
    return { weekday: weekdayOf(date), isWeekend: date.getUTCDay() % 6 === 0 };
  },
  normalise: (input, today) => ({ date: format(parse(input.date ?? today)) }),
};

export default async (input: Input, context: AgentContext): Promise<Output> => tasks[config.task](input, context.now.slice(0, 10));
