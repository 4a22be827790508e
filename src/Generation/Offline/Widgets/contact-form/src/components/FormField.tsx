import { useId } from "react";
import type { Field } from "../config";

interface Props {
  field: Field;
  value: string;
  error: string;
  onChange: (value: string) => void;
}

const autoComplete: Partial<Record<Field["type"], string>> = { email: "email", tel: "tel", url: "url" };

/** One labelled control with its error. */
export function FormField({ field, value, error, onChange }: Props) {
  const id = useId();
  const shared = {
    id,
    required: field.required,
    "aria-invalid": error !== "",
    "aria-describedby": error === "" ? undefined : `${id}-error`,
  };
  const label = (
    <>
      <span dir="auto">{field.label}</span>
      {!field.required && <span className="optional"> (optional)</span>}
    </>
  );

  return (
    <div className="field">
      {field.type === "checkbox" ? (
        <label className="tick" htmlFor={id}>
          <input {...shared} type="checkbox" checked={value !== ""} onChange={(event) => onChange(event.target.checked ? "Yes" : "")} />
          <span>{label}</span>
        </label>
      ) : (
        <label className="label" htmlFor={id}>
          {label}
        </label>
      )}
      {field.type === "multiline" && (
        <textarea {...shared} className="input" rows={4} dir="auto" value={value} onChange={(event) => onChange(event.target.value)} />
      )}
      {field.type !== "multiline" && field.type !== "checkbox" && (
        <input
          {...shared}
          className="input"
          type={field.type}
          step={field.type === "number" ? "any" : undefined}
          autoComplete={autoComplete[field.type] ?? (field.label === "Name" ? "name" : undefined)}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {error !== "" && (
        <p id={`${id}-error`} className="error">
          {error}
        </p>
      )}
    </div>
  );
}
