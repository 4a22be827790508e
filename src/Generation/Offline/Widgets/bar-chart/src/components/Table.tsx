import { config, type Bar } from "../config";
import { valueText } from "../logic";

export function Table({ bars }: { bars: Bar[] }) {
  return (
    <table className="table" aria-label={config.title}>
      <thead>
        <tr>
          <th scope="col">Label</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ label, value }) => (
          <tr key={label}>
            <th scope="row" dir="auto">
              {label}
            </th>
            <td>{valueText(value, config.unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
