/** What this widget says and does; the components hold no text of their own that depends on it. */
import type { UnitId } from "./units";

export interface Pair {
  from: UnitId;
  to: UnitId;
}

export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  pairs: Pair[];
}
export const config: Config = {
  title: "Units",
  text: "",
  buttonLabel: "",
  pairs: [
    {
      from: "km",
      to: "mi",
    },
    {
      from: "kg",
      to: "lb",
    },
    {
      from: "C",
      to: "F",
    },
  ],
};
