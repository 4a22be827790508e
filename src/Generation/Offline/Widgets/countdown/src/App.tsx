import { Frame } from "./components/Frame";
import { Timer } from "./components/Timer";
import { Until } from "./components/Until";
import { config } from "./config";
import "./styles.css";

export default function App() {
  const { target } = config;
  return <Frame>{target.type === "timer" ? <Timer seconds={target.seconds} /> : <Until target={target} />}</Frame>;
}
