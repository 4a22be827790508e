/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Field {
  label: string;
  type: "text" | "email" | "tel" | "url" | "number" | "date" | "multiline" | "checkbox";
  required: boolean;
}

export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  fields: Field[];
}
export const config: Config = {
  title: "Contact us",
  text: "",
  buttonLabel: "",
  fields: [
    {
      label: "Name",
      type: "text",
      required: true,
    },
    {
      label: "Email",
      type: "email",
      required: true,
    },
    {
      label: "Phone",
      type: "tel",
      required: false,
    },
    {
      label: "Number of guests",
      type: "number",
      required: false,
    },
    {
      label: "Message",
      type: "multiline",
      required: true,
    },
    {
      label: "Terms",
      type: "checkbox",
      required: true,
    },
  ],
};
