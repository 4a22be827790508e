import { useState } from "react";

const plans = [
  { name: "Basic", price: 10 },
  { name: "Pro", price: 30 },
];

export default function App() {
  const [isYearly, setYearly] = useState(false);
  return (
    <section>
      <label>
        <input type="checkbox" role="switch" checked={isYearly} onChange={() => setYearly(!isYearly)} /> Yearly billing
      </label>
      <ul>
        {plans.map(({ name, price }) => (
          <li key={name}>
            {name}: ${isYearly ? price * 10 : price} per {isYearly ? "year" : "month"}
          </li>
        ))}
      </ul>
    </section>
  );
}
