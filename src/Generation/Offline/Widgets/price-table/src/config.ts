/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Plan {
  name: string;
  price: number;
  features: string[];
}

export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  plans: Plan[];
  /** An ISO 4217 code. */
  currency: string;
  period: string;
  highlighted: string;
}
export const config: Config = {
  title: "Plans",
  text: "",
  buttonLabel: "",
  plans: [
    {
      name: "Basic",
      price: 9,
      features: [
        "1 user",
        "Email",
      ],
    },
    {
      name: "Pro",
      price: 29,
      features: [
        "5 users",
        "Phone",
      ],
    },
  ],
  currency: "USD",
  period: "month",
  highlighted: "Pro",
};
