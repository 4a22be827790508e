import { useState } from "react";

export default function App() {
  const [value, setValue] = useState(5);
  return (
    <p>
      <button onClick={() => setValue(value - 1)}>−</button> {value} <button onClick={() => setValue(value + 1)}>+</button>
    </p>
  );
}
