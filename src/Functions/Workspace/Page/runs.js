import { call, get, repeat, repeatInto, resourcePath } from "./api.js";
import { badge, busy, duration, h, notice, setText, time } from "./dom.js";
import { codeBlock } from "./highlight.js";
import { schemaForm } from "./schema-form.js";

/** How long the service may hold a request for a run, in seconds, and the milliseconds between two looks at one that goes on. */
const wait = 10;
const poll = 1_000;

const tones = { running: "busy", completed: "good", failed: "bad", cancelled: "warn" };

/** Running the agent by hand: a form from its manifest, and what came of it. `onRun` is called with a run whenever it has changed. */
export function runner({ onRun }) {
  const problem = notice();
  const description = h("p", { class: "muted" });
  const place = h("div", null);
  const result = h("div", { class: "run-result", role: "region", "aria-label": "Result", "aria-live": "polite" });
  const button = h("button", { type: "submit", class: "primary" }, "Run");
  const form = h("form", { novalidate: true, onsubmit: start }, description, place, problem.element, button);
  const none = h("p", { class: "muted" }, "The agent can run as soon as it is built.");
  let shape = null;
  let input = null;

  function start(event) {
    event.preventDefault();
    problem.clear();
    const value = input.read();
    if (value === null) {
      return;
    }

    busy(button, async () => {
      setText(button, "Running…");
      try {
        const { body } = await call("POST", `${resourcePath}/run`, { body: { input: value }, headers: { Prefer: `wait=${wait}` } });
        await follow(body.runId, body.output === undefined ? null : body);
      } catch (error) {
        const rest = input.showErrors(error.errors ?? []);
        problem.bad((error.errors ?? []).length > 0 && rest.length === 0 ? "The input does not fit: see the fields." : rest.length > 0 ? rest.join("; ") : error);
      } finally {
        setText(button, "Run");
      }
    });
  }

  /** Shows a run until it has ended. */
  function follow(runId, first) {
    return new Promise((resolve) => {
      let known = first;
      repeat(
        async () => {
          const run = known ?? (await get(`${resourcePath}/runs/${encodeURIComponent(runId)}`));
          known = null;
          result.replaceChildren(h("h3", null, "Result ", badge(run.status, tones[run.status])), ...details(run));
          onRun(run);
          if (run.status === "running") {
            return poll;
          }

          resolve();
          return null;
        },
        (error) => {
          problem.bad(error);
          if (error.status === 401 || error.status === 404) {
            resolve();
          }
        },
      );
    });
  }

  return {
    element: h("div", null, none, form, result),

    /** Draws the form for a manifest; one that has not changed leaves what was typed. */
    setManifest(manifest) {
      none.hidden = manifest !== null;
      form.hidden = manifest === null;
      const wanted = JSON.stringify(manifest?.input ?? null);
      if (manifest !== null && wanted !== shape) {
        shape = wanted;
        input = schemaForm(manifest.input);
        place.replaceChildren(input.element);
      }

      setText(description, manifest?.description ?? "");
    },
  };
}

/** The runs so far, newest first; each opens to show what came of it. */
export function history() {
  const problem = notice();
  const list = h("ul", { class: "runs" });
  const empty = h("p", { class: "muted" }, "No run yet.");
  const more = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => busy(more, loadMore) }, "Show earlier runs");
  const entries = new Map();
  let before;
  let stop = null;

  async function load() {
    const body = await get(`${resourcePath}/runs?limit=20`);
    body.runs.forEach(put);
    if (before === undefined) {
      before = body.before;
      more.hidden = before === null;
    }

    return body.runs.some((run) => run.status === "running") ? poll : 5 * poll;
  }

  async function loadMore() {
    try {
      const body = await get(`${resourcePath}/runs?limit=20&before=${encodeURIComponent(before)}`);
      body.runs.forEach(put);
      before = body.before;
      more.hidden = before === null;
      if (more.hidden) {
        list.lastElementChild?.querySelector("summary")?.focus();
      }
    } catch (error) {
      problem.bad(error);
    }
  }

  /** A run that is new here takes its place by its time; none that is here moves. */
  function put(run) {
    let entry = entries.get(run.runId);
    if (!entry) {
      entry = newEntry(run);
      const earlier = [...entries.values()].filter((other) => other.createdAt < run.createdAt).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
      entries.set(run.runId, entry);
      list.insertBefore(entry.element, earlier?.element ?? null);
      empty.hidden = true;
    }

    entry.update(run);
  }

  /** While it can be seen it keeps itself up to date. */
  function show() {
    stop?.();
    stop = repeatInto(problem, async () => (list.closest("[hidden]") ? null : load()));
  }

  return {
    element: h("div", null, problem.element, empty, list, more),
    show,
    put,
  };
}

function newEntry(first) {
  const status = h("span", null);
  const took = h("span", { class: "took" });
  const content = h("div", { class: "run-details" });
  const problem = notice();
  const summary = h("summary", null, status, h("span", { class: "trigger" }, first.trigger), time(first.createdAt), took);
  const cancel = h(
    "button",
    {
      type: "button",
      onclick: () =>
        busy(cancel, async () => {
          problem.clear();
          try {
            await call("POST", `${resourcePath}/runs/${encodeURIComponent(first.runId)}/cancel`);
            summary.focus();
            await read();
          } catch (error) {
            problem.bad(error);
          }
        }),
    },
    "Cancel",
  );
  const element = h("details", { ontoggle: () => element.open && read() }, summary, h("div", { class: "row" }, cancel), problem.element, content);
  let shown = null;
  let last = null;

  async function read() {
    try {
      show(await get(`${resourcePath}/runs/${encodeURIComponent(first.runId)}`));
    } catch (error) {
      problem.bad(error);
    }
  }

  function show(run) {
    update(run);
    const text = JSON.stringify(run);
    if (text !== shown) {
      shown = text;
      content.replaceChildren(...details(run));
    }
  }

  function update(run) {
    if (last !== run.status) {
      status.replaceChildren(badge(run.status, tones[run.status]));
      const wasRunning = last === "running";
      last = run.status;
      if (wasRunning && element.open) {
        read();
      }
    }

    setText(took, duration(run.durationMs));
    cancel.hidden = run.status !== "running";
  }

  return { element: h("li", null, element), createdAt: first.createdAt, update };
}

/** What came of a run. */
function details(run) {
  const parts = [];
  if (run.error) {
    parts.push(h("h4", null, "Error"), h("p", { class: "notice bad" }, h("strong", null, run.error.code), " ", h("span", { class: "error-text" }, run.error.message)));
  }

  if (run.status === "completed") {
    const isText = typeof run.output === "string";
    parts.push(h("h4", null, "Output"), codeBlock(isText ? run.output : JSON.stringify(run.output ?? null, null, 2), isText ? "" : "json", "Output"));
  }

  if (run.logs) {
    parts.push(h("h4", null, "Logs"), codeBlock(run.logs, "", "Logs"));
  }

  if (run.status === "running") {
    parts.push(h("p", { class: "muted" }, "It runs…"));
  }

  return parts;
}

