using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Templates;

/// <summary>What a form field takes.</summary>
public enum FormFieldType
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>An email address.</summary>
    Email,

    /// <summary>A telephone number.</summary>
    Tel,

    /// <summary>A web address.</summary>
    Url,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A date.</summary>
    Date,

    /// <summary>Several lines of text.</summary>
    Multiline,

    /// <summary>A box to tick.</summary>
    Checkbox,
}

/// <summary>A field of a form.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Type">What it takes.</param>
/// <param name="Required">Whether it may stay empty.</param>
public sealed record FormField(string Label, FormFieldType Type, bool Required);

/// <summary>Settings of a form.</summary>
/// <param name="Fields">Its fields in order; at least one.</param>
public sealed record ContactFormSettings(IReadOnlyList<FormField> Fields) : WidgetSettings(WidgetKind.ContactForm)
{
    /// <inheritdoc/>
    public override bool IsValid() => Fields.Count > 0 && Fields.All(entry => entry is not null) && Fit([.. Fields.Select(entry => entry.Label)]);
}

/// <summary>A form that validates; it has nowhere to send to, says so, and lets the visitor copy what was entered.</summary>
public sealed class ContactFormTemplate : WidgetTemplate<ContactFormSettings>
{
    private static readonly Regex Lead = PromptReader.Pattern(
        @"\b(?:with|having|has|including|containing|asking for|asks for|collect(?:s|ing)?|for)\s+(?:the |these |following |a |an )*(?:(?:input )?fields?(?: for)?\s*:?)?\s+|\bfields?(?: are| for)?\s*:?\s+");

    private static readonly Regex ReplaceLead = PromptReader.Pattern(@"\bfields?(?: are| should be)?\s*:\s*");
    private static readonly Regex Optional = PromptReader.Pattern(@"\s*\(?\boptional\b\)?\s*");
    private static readonly Regex Required = PromptReader.Pattern(@"\s*\(?\b(?:required|mandatory)\b\)?\s*");
    private static readonly Regex FieldTail = PromptReader.Pattern(@"\s+(?:input |text )?(?:fields?|inputs?|box|area)$|\s+please$");
    private static readonly Regex NotAField = PromptReader.Pattern(@"\b(?:validation|form|poll|quiz|countdown|timer|counter|chart|list|calculator|page|customers?|clients?|visitors?|company|business|bakery|shop|wedding|event)\b");

    private static readonly (Regex Pattern, FormFieldType Type)[] Types =
    [
        (PromptReader.Pattern(@"e-?mail"), FormFieldType.Email),
        (PromptReader.Pattern(@"\b(?:phone|telephone|mobile|tel)\b"), FormFieldType.Tel),
        (PromptReader.Pattern(@"\b(?:website|url|homepage|link)\b"), FormFieldType.Url),
        (PromptReader.Pattern(@"\b(?:date|birthday|day)\b"), FormFieldType.Date),
        (PromptReader.Pattern(@"\b(?:age|number of|quantity|amount|guests|people|how many)\b"), FormFieldType.Number),
        (PromptReader.Pattern(@"\b(?:message|comments?|feedback|notes?|description|question|details|suggestions?|address|bio|text)\b"), FormFieldType.Multiline),
        (PromptReader.Pattern(@"\b(?:agree|consent|terms|checkbox|newsletter|subscribe)\b"), FormFieldType.Checkbox),
    ];

    private static readonly IReadOnlyList<FormField> DefaultFields =
    [
        new("Name", FormFieldType.Text, true),
        new("Email", FormFieldType.Email, true),
        new("Message", FormFieldType.Multiline, true),
    ];

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.ContactForm;

    /// <inheritdoc/>
    public override string Noun => "a contact form";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:contact|feedback|sign-?up|registration|application|order|booking|reservation|rsvp|newsletter|enquiry|inquiry|lead|support|request)[ -](?:form|sign-?up)s?|contact (?:us|me)", 5),
        ("forms?|rsvp|newsletter|sign-?up", 3),
        ("contact|feedback|fields", 1));

    /// <inheritdoc/>
    public override string ConfigTypes => """
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
        """;

    /// <inheritdoc/>
    public override string Style => """
        .widget .optional {
          color: var(--muted);
          font-weight: 400;
        }

        .widget textarea.input {
          min-height: 7em;
          resize: vertical;
        }

        .widget .tick {
          display: flex;
          gap: 0.75em;
          align-items: center;
          min-height: 2.75em;
        }

        .widget .tick input {
          flex: none;
          width: 1.25em;
          height: 1.25em;
          margin: 0;
          accent-color: var(--accent-edge);
        }

        .widget .entered {
          display: grid;
          gap: 0.75em;
          margin: 0;
          padding: 1em;
          border-radius: 0.75em;
          background: var(--inset);
        }

        .widget .entered dt {
          color: var(--muted);
          font-size: 0.875em;
        }

        .widget .entered dd {
          margin: 0;
          white-space: pre-line;
          unicode-bidi: isolate;
        }

        .widget .summary {
          margin: 0;
        }
        """ + "\n";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["src/App.tsx"] = """
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

            """,
        ["src/components/FormField.tsx"] = """
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

            """,
        ["src/components/Entered.tsx"] = """
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

            """,
        ["src/logic.ts"] = """
            import type { Field } from "./config";

            const patterns: Partial<Record<Field["type"], [RegExp, string]>> = {
              email: [/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an email address such as name@example.com"],
              tel: [/^\+?[\d\s()./-]{5,}$/, "a phone number, digits with an optional +"],
              url: [/^(https?:\/\/)?[^\s/]+\.[^\s]+$/, "a web address such as example.com"],
              number: [/^-?\d+([.,]\d+)?$/, "a number"],
            };

            export function emptyValues(fields: Field[]): string[] {
              return fields.map(() => "");
            }

            /** What is wrong with a value, or an empty string. */
            export function validate(field: Field, value: string): string {
              const text = value.trim();
              if (text === "") {
                return !field.required ? "" : field.type === "checkbox" ? "Please tick this box." : `Please enter: ${field.label}.`;
              }

              const rule = patterns[field.type];
              return rule === undefined || rule[0].test(text) ? "" : `Please enter ${rule[1]}.`;
            }

            export function asText(fields: Field[], values: string[]): string {
              return fields.map((field, index) => `${field.label}: ${values[index] ?? ""}`).join("\n");
            }

            """,
    };

    /// <inheritdoc/>
    protected override ContactFormSettings Read(PromptReader prompt, ContactFormSettings? current, DateTimeOffset now)
    {
        if (current is not null)
        {
            var edited = prompt.Edit(current.Fields, ReplaceLead, ParseField, field => field.Label);
            return new(edited.Count > 0 ? edited : current.Fields);
        }

        var fields = prompt.List(Lead).Select(ParseField).OfType<FormField>().DistinctBy(field => field.Label, StringComparer.OrdinalIgnoreCase).ToList();
        return new(fields.Count > 0 ? fields : DefaultFields);
    }

    /// <inheritdoc/>
    protected override string Describe(ContactFormSettings settings) =>
        $"a form with {Count(settings.Fields.Count, "field")} that checks what is entered and sends nothing";

    private static FormField? ParseField(string text)
    {
        var label = FieldTail.Replace(Required.Replace(Optional.Replace(text, " "), " ").Trim(), "").Trim();
        if (label.Length is 0 or > 60 || NotAField.IsMatch(label))
        {
            return null;
        }

        var type = Types.FirstOrDefault(candidate => candidate.Pattern.IsMatch(label)).Type;
        var isOptional = Optional.IsMatch(text) || (type is FormFieldType.Checkbox or FormFieldType.Tel or FormFieldType.Url && !Required.IsMatch(text));
        return new(PromptReader.Capitalise(label), type, !isOptional);
    }
}
