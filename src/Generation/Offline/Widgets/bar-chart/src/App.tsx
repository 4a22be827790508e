import { useState } from "react";
import { Chart } from "./components/Chart";
import { Frame } from "./components/Frame";
import { Table } from "./components/Table";
import { config } from "./config";
import { sorted } from "./logic";
import "./styles.css";

export default function App() {
  const [isSorted, setSorted] = useState(false);
  const [isTable, setTable] = useState(false);
  const bars = isSorted ? sorted(config.bars) : config.bars;

  return (
    <Frame>
      <div className="body">
        {isTable ? <Table bars={bars} /> : <Chart bars={bars} />}
        <div className="row">
          <button type="button" className="button" aria-pressed={isSorted} onClick={() => setSorted(!isSorted)}>
            {config.buttonLabel || "Largest first"}
          </button>
          <button type="button" className="button quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            Table
          </button>
        </div>
      </div>
    </Frame>
  );
}
