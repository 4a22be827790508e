/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
}
export const config: Config = {
  title: "Calculator",
  text: "",
  buttonLabel: "",
};
