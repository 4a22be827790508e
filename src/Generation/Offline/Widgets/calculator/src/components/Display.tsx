import { pending, shown, type State } from "../logic";

/** The number on show, below the operation that waits for it. */
export function Display({ state }: { state: State }) {
  return (
    <output className="display" aria-live="polite" aria-atomic="true">
      <span className="pending">{pending(state)}</span>
      {shown(state)}
    </output>
  );
}
