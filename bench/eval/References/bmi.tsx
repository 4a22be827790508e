import { useState } from "react";

export default function App() {
  const [weight, setWeight] = useState("");
  const [height, setHeight] = useState("");
  const [result, setResult] = useState("");
  return (
    <form onSubmit={(event) => { event.preventDefault(); setResult((Number(weight) / (Number(height) / 100) ** 2).toFixed(1)); }}>
      <label>Weight (kg) <input value={weight} onChange={(event) => setWeight(event.target.value)} /></label>
      <label>Height (cm) <input value={height} onChange={(event) => setHeight(event.target.value)} /></label>
      <button type="submit">Calculate</button>
      <p>{result}</p>
    </form>
  );
}
