import { Details } from "./components/Details";
import { Frame } from "./components/Frame";
import { config } from "./config";
import "./styles.css";

export default function App() {
  return <Frame>{(config.items.length > 0 || config.link !== "") && <Details />}</Frame>;
}
