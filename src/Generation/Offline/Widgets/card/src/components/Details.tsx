import { config } from "../config";

/** The list and the link, where there are any. */
export function Details() {
  return (
    <div className="body">
      {config.items.length > 0 && (
        <ul className="items">
          {config.items.map((item) => (
            <li key={item} dir="auto">
              {item}
            </li>
          ))}
        </ul>
      )}
      {config.link !== "" && (
        <div className="row">
          <a className="button" href={config.link} target="_blank" rel="noopener noreferrer">
            {config.buttonLabel || "Open"}
          </a>
        </div>
      )}
    </div>
  );
}
