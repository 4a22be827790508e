import { createRoot } from "react-dom/client";
import App from "../sources/src/App.tsx";

export function mount(element: Element | ShadowRoot): () => void {
  const root = createRoot(element);
  root.render(<App />);
  return () => root.unmount();
}
