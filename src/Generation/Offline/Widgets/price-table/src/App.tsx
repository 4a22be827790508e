import { useState } from "react";
import { Frame } from "./components/Frame";
import { PlanCard } from "./components/PlanCard";
import { config, type Plan } from "./config";
import { priceText } from "./logic";
import "./styles.css";

export default function App() {
  const [chosen, setChosen] = useState<Plan | null>(null);
  return (
    <Frame>
      <div className="body">
        <ul className="plans">
          {config.plans.map((plan) => (
            <PlanCard key={plan.name} plan={plan} isChosen={plan === chosen} onChoose={() => setChosen(plan)} />
          ))}
        </ul>
        <p className="chosen" role="status">
          {chosen === null ? "" : `Your choice: ${chosen.name}, ${priceText(chosen.price, config)}`}
        </p>
      </div>
    </Frame>
  );
}
