import { useRef, useState, type FormEvent } from "react";
import { Entered } from "./components/Entered";
import { FormField } from "./components/FormField";
import { Frame } from "./components/Frame";
import { config } from "./config";
import { emptyValues, validate } from "./logic";
import "./styles.css";

export default function App() {
  const form = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState(() => emptyValues(config.fields));
  const [errors, setErrors] = useState<string[]>([]);
  const [isComplete, setComplete] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = config.fields.map((field, index) => validate(field, values[index] ?? ""));
    setErrors(found);
    const first = found.findIndex((error) => error !== "");
    if (first >= 0) {
      const control = form.current?.elements.item(first);
      if (control instanceof HTMLElement) {
        control.focus();
      }
    } else {
      setComplete(true);
    }
  };

  return (
    <Frame>
      {isComplete ? (
        <Entered values={values} onBack={() => setComplete(false)} />
      ) : (
        <form ref={form} className="body" noValidate onSubmit={submit}>
          {config.fields.map((field, index) => (
            <FormField
              key={field.label}
              field={field}
              value={values[index] ?? ""}
              error={errors[index] ?? ""}
              onChange={(value) => setValues(values.map((old, at) => (at === index ? value : old)))}
            />
          ))}
          <button type="submit" className="button">
            {config.buttonLabel || "Submit"}
          </button>
          <p className="summary error" role="alert">
            {errors.some((error) => error !== "") ? "Please check the fields marked above." : ""}
          </p>
        </form>
      )}
    </Frame>
  );
}
