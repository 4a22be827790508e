import { useState } from "react";

export default function App() {
  const [isOn, setOn] = useState(false);
  return (
    <button type="button" role="switch" aria-checked={isOn} aria-label="Light" onClick={() => setOn(!isOn)}>
      <svg width="80" height="80" viewBox="0 0 80 80" aria-hidden="true">
        <circle cx="40" cy="40" r="35" fill={isOn ? "gold" : "dimgray"} />
      </svg>
    </button>
  );
}
