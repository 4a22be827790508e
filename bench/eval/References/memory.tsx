import { useState } from "react";

const cards = [..."🐶🐱🦊🐼🐸🐵🦉🐙", ..."🐙🦉🐵🐸🐼🦊🐱🐶"];

export default function App() {
  const [open, setOpen] = useState<number[]>([]);
  const [found, setFound] = useState<number[]>([]);
  const flip = (at: number) => {
    const [first] = open;
    if (open.length === 1 && first !== undefined && first !== at) {
      if (cards[first] === cards[at]) setFound([...found, first, at]);
      setOpen([first, at]);
    } else {
      setOpen([at]);
    }
  };
  return (
    <section>
      {cards.map((card, at) => (
        <button key={at} aria-label={`Card ${at + 1}`} onClick={() => flip(at)}>
          {open.includes(at) || found.includes(at) ? card : "?"}
        </button>
      ))}
      <button onClick={() => { setOpen([]); setFound([]); }}>Restart</button>
    </section>
  );
}
