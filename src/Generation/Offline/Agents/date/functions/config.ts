/** What is calculated. */
export type Task = "daysBetween" | "businessDaysBetween" | "add" | "addBusinessDays" | "nextWeekday" | "age" | "weekdayOf" | "normalise";

/** How dates of the input are written: YYYY-MM-DD, MM/DD/YYYY, or DD/MM/YYYY and DD.MM.YYYY. The first is always understood. */
export type Format = "iso" | "us" | "eu";

export type Unit = "days" | "weeks" | "months" | "years";

export interface Config {
  task: Task;
  format: Format;
  /** How many are added when a run does not say; may be negative. */
  number: number;
  /** What is added. */
  unit: Unit;
  /** The day of the week that is looked for, 0 being Sunday. */
  weekday: number;
}

export const config: Config = {
  task: "add",
  format: "eu",
  number: 2,
  unit: "weeks",
  weekday: 1,
};
