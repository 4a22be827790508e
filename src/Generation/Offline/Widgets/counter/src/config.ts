/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  start: number;
  step: number;
  min: number | null;
  max: number | null;
  reset: boolean;
}
export const config: Config = {
  title: "Push-ups",
  text: "",
  buttonLabel: "",
  start: 0,
  step: 5,
  min: 0,
  max: 100,
  reset: true,
};
