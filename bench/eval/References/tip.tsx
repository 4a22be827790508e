import { useState } from "react";

export default function App() {
  const [bill, setBill] = useState("");
  const [tip, setTip] = useState("15");
  const [people, setPeople] = useState("1");
  const each = (Number(bill) * (1 + Number(tip) / 100)) / Math.max(1, Number(people));
  return (
    <section>
      <label>Bill <input type="number" value={bill} onChange={(event) => setBill(event.target.value)} /></label>
      <label>Tip in % <input type="number" value={tip} onChange={(event) => setTip(event.target.value)} /></label>
      <label>People <input type="number" value={people} onChange={(event) => setPeople(event.target.value)} /></label>
      <p>Each pays {each.toFixed(2)}</p>
    </section>
  );
}
