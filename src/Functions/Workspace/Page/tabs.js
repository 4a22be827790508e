import { h, newId } from "./dom.js";

/** Tabs as WAI-ARIA describes them: the arrow keys move, and the address remembers which one is open. */
export function tabs(label, items) {
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": label });
  const entries = items.map(({ name, title, panel }) => {
    const tab = h("button", { type: "button", role: "tab", id: newId("tab"), onclick: () => select(name) }, title);
    const body = h("section", { role: "tabpanel", id: newId("panel"), class: "panel", "aria-labelledby": tab.id, tabIndex: -1 }, panel);
    tab.setAttribute("aria-controls", body.id);
    return { name, tab, body };
  });
  list.append(...entries.map((entry) => entry.tab));
  list.addEventListener("keydown", (event) => {
    const index = entries.findIndex((entry) => entry.tab === document.activeElement);
    const target = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (index >= 0 && target !== undefined) {
      event.preventDefault();
      const entry = entries[(target + entries.length) % entries.length];
      select(entry.name);
      entry.tab.focus();
    }
  });

  function select(name) {
    for (const entry of entries) {
      const isSelected = entry.name === name;
      entry.tab.setAttribute("aria-selected", String(isSelected));
      entry.tab.tabIndex = isSelected ? 0 : -1;
      entry.body.hidden = !isSelected;
    }

    history.replaceState(null, "", `#${name}`);
    items.find((item) => item.name === name).onShow?.();
  }

  const wanted = location.hash.slice(1);
  const element = h("div", { class: "tabbed" }, list, ...entries.map((entry) => entry.body));
  return { element, select, start: () => select(items.some((item) => item.name === wanted) ? wanted : items[0].name) };
}
