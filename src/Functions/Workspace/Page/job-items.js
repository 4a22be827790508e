import { get } from "./api.js";
import { busy, h, newId, notice, setText } from "./dom.js";

/** Items on one page, and how many come by themselves: more are for who asks for them. */
const perPage = 100;
const unasked = 500;

/** A list of a job, its `results` or its `errors`, as a table that grows while the job works. */
export function jobItems(jobId, list, title) {
  const head = h("tr", null);
  const rows = h("tbody", null);
  const caption = h("caption", { id: newId("caption") }, title);
  const table = h("div", { class: "table", role: "region", tabIndex: 0, "aria-labelledby": caption.id }, h("table", null, caption, h("thead", null, head), rows));
  const more = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => busy(more, loadMore) }, `Show more ${list}`);
  const problem = notice();
  const element = h("div", { class: "items", hidden: true }, table, problem.element, more);
  const columns = [];
  let count = 0;
  let cursor;
  let loading = null;

  /** Reads one page from where it was; true when another one follows at once. */
  async function loadPage() {
    const page = (await get(`/v1/api/jobs/${encodeURIComponent(jobId)}/${list}?limit=${perPage}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`)).data;
    page.items.forEach(add);
    count += page.items.length;
    cursor = page.nextCursor;
    element.hidden = count === 0;
    setText(caption, `${title}: ${count.toLocaleString()}`);
    return cursor !== null && page.items.length === perPage;
  }

  function add(item) {
    for (const name of Object.keys(item)) {
      if (!columns.includes(name)) {
        columns.push(name);
        head.append(h("th", { scope: "col" }, name));
      }
    }

    rows.append(h("tr", null, ...columns.map((name) => h("td", null, textOf(item[name])))));
  }

  async function loadMore() {
    problem.clear();
    try {
      more.hidden = !(await loadPage());
      if (more.hidden) {
        table.focus();
      }
    } catch (error) {
      problem.bad(error);
    }
  }

  return {
    element,

    /** Reads what is new; one time after another. */
    load() {
      loading ??= (async () => {
        try {
          while (cursor !== null && count < unasked && (await loadPage())) {
            // And the next.
          }

          more.hidden = cursor === null || count < unasked;
        } finally {
          loading = null;
        }
      })();
      return loading;
    },
  };
}

/** A value as a text: what others wrote is never anything else. */
export function textOf(value) {
  if (value === null || value === undefined) {
    return "";
  }

  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
