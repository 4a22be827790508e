import { useState } from "react";

export default function App() {
  const [text, setText] = useState("");
  return (
    <section>
      <textarea aria-label="Markdown" value={text} onChange={(event) => setText(event.target.value)} />
      <article>
        {text.split(/\n{2,}/).map((block, index) =>
          block.startsWith("# ") ? (
            <h1 key={index}>{block.slice(2)}</h1>
          ) : (
            <p key={index}>{block.split("**").map((part, at) => (at % 2 === 1 ? <strong key={at}>{part}</strong> : part))}</p>
          ),
        )}
      </article>
    </section>
  );
}
