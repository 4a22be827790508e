/** What this widget says and does; the components hold no text of their own that depends on it. */
export type Target =
  | { type: "instant"; at: string }
  | { type: "local"; year: number; month: number; day: number; hour: number; minute: number }
  | { type: "yearly"; month: number; day: number; hour: number; minute: number }
  | { type: "weekly"; weekday: number | null; hour: number; minute: number }
  | { type: "timer"; seconds: number }
  | { type: "chosen" };

export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  target: Target;
  label: string;
}
export const config: Config = {
  title: "Countdown to New Year",
  text: "",
  buttonLabel: "",
  target: {
    type: "yearly",
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
  },
  label: "New Year",
};
