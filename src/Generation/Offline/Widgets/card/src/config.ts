/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  items: string[];
  link: string;
}
export const config: Config = {
  title: "Corner Bakery",
  text: "",
  buttonLabel: "Visit",
  items: [
    "Bread from 7 in the morning",
    "Cakes on Saturdays",
  ],
  link: "https://example.com/bakery",
};
