/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Bar {
  label: string;
  value: number;
}

export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  bars: Bar[];
  unit: string;
}
export const config: Config = {
  title: "Fruit sales",
  text: "",
  buttonLabel: "",
  bars: [
    {
      label: "Apples",
      value: 5,
    },
    {
      label: "Pears",
      value: 3,
    },
    {
      label: "Plums",
      value: 7,
    },
  ],
  unit: "",
};
