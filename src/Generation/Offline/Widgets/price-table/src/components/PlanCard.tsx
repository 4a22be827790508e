import { config, type Plan } from "../config";
import { amount } from "../logic";

interface Props {
  plan: Plan;
  isChosen: boolean;
  onChoose: () => void;
}

export function PlanCard({ plan, isChosen, onChoose }: Props) {
  return (
    <li className={plan.name === config.highlighted ? "plan highlighted" : "plan"}>
      <h3 dir="auto">{plan.name}</h3>
      <p className="price">
        <strong>{amount(plan.price, config.currency)}</strong>
        {plan.price > 0 && config.period !== "" && <span> / {config.period}</span>}
      </p>
      {plan.features.length > 0 && (
        <ul className="features">
          {plan.features.map((feature) => (
            <li key={feature} dir="auto">
              {feature}
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="button" aria-pressed={isChosen} aria-label={`Choose ${plan.name}`} onClick={onChoose}>
        {isChosen ? "✓ Chosen" : config.buttonLabel || "Choose"}
      </button>
    </li>
  );
}
