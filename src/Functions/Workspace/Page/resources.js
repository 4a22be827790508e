import { get, page } from "./api.js";
import { h, notice } from "./dom.js";

/** How many of each are listed. */
const shown = 20;

/** Links to the pages of the organisation's latest agents and widgets. */
export function resources() {
  const list = h("ul", { class: "names" });
  const empty = h("p", { class: "muted" }, "None yet.");
  const problem = notice();

  (async () => {
    try {
      const [{ agents }, { widgets }] = await Promise.all([get(`/v1/agents?limit=${shown}`), get(`/v1/widgets?limit=${shown}`)]);
      const links = [
        ...agents.map(({ agentId, name }) => link("agents", agentId, name, "agent")),
        ...widgets.map(({ widgetId, name }) => link("widgets", widgetId, name, "widget")),
      ];
      list.replaceChildren(...links);
      empty.hidden = links.length > 0;
    } catch (error) {
      problem.bad(error);
    }
  })();

  return h("div", null, problem.element, empty, list);
}

const link = (kind, id, name, what) =>
  h("li", null, h("a", { href: `/app/${encodeURIComponent(page.tenant)}/${kind}/${encodeURIComponent(id)}` }, name), h("span", { class: "muted" }, what));
