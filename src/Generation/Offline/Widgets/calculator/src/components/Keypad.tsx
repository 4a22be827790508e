import { keys, type Key } from "../logic";

export function Keypad({ onPress }: { onPress: (key: Key) => void }) {
  return (
    <div className="keys">
      {keys.map(({ key, name, style }) => (
        <button key={key} type="button" className={`button ${style}`} aria-label={name} onClick={() => onPress(key)}>
          {key}
        </button>
      ))}
    </div>
  );
}
