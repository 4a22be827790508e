import { useState } from "react";

const rates = { USD: 1.08, GBP: 0.85, JPY: 161 };

export default function App() {
  const [amount, setAmount] = useState("1");
  return (
    <section>
      <label>
        Amount in EUR <input inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} />
      </label>
      <ul>
        {Object.entries(rates).map(([currency, rate]) => (
          <li key={currency}>
            {(Number(amount) * rate).toLocaleString("en", { maximumFractionDigits: 2 })} {currency}
          </li>
        ))}
      </ul>
    </section>
  );
}
