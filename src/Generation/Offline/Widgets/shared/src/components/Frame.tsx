import { useId, type ReactNode } from "react";
import { config } from "../config";

/** The card around every widget: its heading, its text and what it does. */
export function Frame({ children }: { children?: ReactNode }) {
  const heading = useId();
  return (
    <section className="widget" lang="en" aria-labelledby={heading}>
      <h2 id={heading} className="title" dir="auto">
        {config.title}
      </h2>
      {config.text !== "" && (
        <p className="text" dir="auto">
          {config.text}
        </p>
      )}
      {children}
    </section>
  );
}
