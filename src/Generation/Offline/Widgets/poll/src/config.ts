/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  question: string;
  options: string[];
}
export const config: Config = {
  title: "What is for lunch?",
  text: "",
  buttonLabel: "",
  question: "What is for lunch?",
  options: [
    "Pizza",
    "Sushi",
    "Tacos",
  ],
};
