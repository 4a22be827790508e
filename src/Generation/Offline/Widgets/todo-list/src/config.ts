/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  items: string[];
}
export const config: Config = {
  title: "Moving house",
  text: "",
  buttonLabel: "",
  items: [
    "Order boxes",
    "Pack the kitchen",
    "Hire a van",
  ],
};
