import { config, type Bar } from "../config";
import { described, extent, valueText } from "../logic";

/** Bars, each below its label and value. To a screen reader the chart is one picture with all values in its name. */
export function Chart({ bars }: { bars: Bar[] }) {
  const { zero, scale } = extent(bars);
  return (
    <div className="chart" role="img" aria-label={described(bars, config.unit)}>
      {bars.map(({ label, value }) => (
        <div key={label} className="bar">
          <span dir="auto">{label}</span>
          <span className="value">{valueText(value, config.unit)}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none">
            <rect x={value < 0 ? zero + value * scale : zero} width={Math.abs(value) * scale} height="10" />
          </svg>
        </div>
      ))}
    </div>
  );
}
