import { useReducer, type KeyboardEvent } from "react";
import { Display } from "./components/Display";
import { Frame } from "./components/Frame";
import { Keypad } from "./components/Keypad";
import { cleared, keyOf, press } from "./logic";
import "./styles.css";

export default function App() {
  const [state, dispatch] = useReducer(press, cleared);
  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyOf(event.key);
    // Enter on a focused key presses that key, as everywhere.
    if (key !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== "Enter") {
      event.preventDefault();
      dispatch(key);
    }
  };

  return (
    <Frame>
      <div className="body" role="group" aria-label="Calculator" onKeyDown={onKeyDown}>
        <Display state={state} />
        <Keypad onPress={dispatch} />
      </div>
    </Frame>
  );
}
