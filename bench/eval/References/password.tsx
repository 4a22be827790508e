import { useState } from "react";

const signs = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!?%&";

export default function App() {
  const [length, setLength] = useState(12);
  const [password, setPassword] = useState("");
  const generate = () => setPassword([...crypto.getRandomValues(new Uint32Array(length))].map((value) => signs[value % signs.length]).join(""));
  return (
    <section>
      <label>Length <input type="range" min="4" max="64" value={length} onChange={(event) => setLength(Number(event.target.value))} /></label>
      <button onClick={generate}>Generate</button>
      <output>{password}</output>
    </section>
  );
}
