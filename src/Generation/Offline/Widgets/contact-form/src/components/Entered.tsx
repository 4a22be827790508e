import { useEffect, useRef, useState } from "react";
import { config } from "../config";
import { asText } from "../logic";

/** What was entered, to be checked and copied: this widget has no server to send it to. */
export function Entered({ values, onBack }: { values: string[]; onBack: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [copied, setCopied] = useState("");
  useEffect(() => heading.current?.focus(), []);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(asText(config.fields, values));
      setCopied("Copied.");
    } catch {
      setCopied("The browser did not allow copying; please select the text above.");
    }
  };

  return (
    <div className="body">
      <h3 ref={heading} tabIndex={-1} className="summary">
        Your entries are complete
      </h3>
      <p className="summary">Nothing has been sent: this form is not connected to a server. Copy the text to send it yourself.</p>
      <dl className="entered">
        {config.fields.map((field, index) => (
          <div key={field.label}>
            <dt dir="auto">{field.label}</dt>
            <dd dir="auto">{values[index] || "–"}</dd>
          </div>
        ))}
      </dl>
      <div className="row">
        <button type="button" className="button" onClick={() => void copy()}>
          Copy
        </button>
        <button type="button" className="button quiet" onClick={onBack}>
          Edit
        </button>
        <span role="status">{copied}</span>
      </div>
    </div>
  );
}
