const answers = [
  ["How long does delivery take?", "Three working days."],
  ["Can I return it?", "Within a month."],
] as const;

export default function App() {
  return (
    <section>
      {answers.map(([question, answer]) => (
        <details key={question}>
          <summary>{question}</summary>
          <p>{answer}</p>
        </details>
      ))}
    </section>
  );
}
