import { useState } from "react";

const parts = (pattern: string, text: string) => {
  try {
    return pattern === "" ? [text] : text.split(new RegExp(`(${pattern})`, "g"));
  } catch {
    return [text];
  }
};

export default function App() {
  const [pattern, setPattern] = useState("");
  const [text, setText] = useState("");
  return (
    <section>
      <input placeholder="Pattern" value={pattern} onChange={(event) => setPattern(event.target.value)} />
      <textarea placeholder="Text" value={text} onChange={(event) => setText(event.target.value)} />
      <p>{parts(pattern, text).map((part, at) => (at % 2 === 1 ? <mark key={at}>{part}</mark> : part))}</p>
    </section>
  );
}
