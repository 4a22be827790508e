import { call, get, page, repeat } from "./api.js";
import { badge, busy, h, newId, notice, setText, time } from "./dom.js";
import { jobForm } from "./job-form.js";
import { jobItems, textOf } from "./job-items.js";
import { jobTypes } from "./job-types.js";
import { resources } from "./resources.js";
import { sessionEnded, signOutButton } from "./sign-in.js";

/** Milliseconds between two looks at jobs of which one works, and at jobs that have all ended. */
const pollRunning = 1_000;
const pollIdle = 5_000;

const tones = { pending: "busy", running: "busy", completed: "good", failed: "bad", cancelled: "warn" };
const isOver = (job) => job.completedAt !== null;

/** The home of an organisation: forms that begin jobs, and their list, newest first, each of which opens to show what came of it; and the way to its agents and widgets. */
export function jobsPage() {
  document.title = "Jobs · Workspace";
  const problem = notice();
  const said = h("p", { class: "muted", role: "status" });
  const list = h("ul", { class: "runs" });
  const empty = h("p", { class: "muted" }, "No job yet.");
  const more = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => busy(more, loadMore) }, "Show earlier jobs");
  const entries = new Map();
  let before;

  /** The latest jobs, and every other one that is shown and has not ended. */
  async function load() {
    const body = (await get("/v1/api/jobs?limit=20")).data;
    body.items.forEach(put);
    if (before === undefined) {
      before = body.nextCursor;
      more.hidden = before === null;
    }

    const known = new Set(body.items.map((job) => job.id));
    const others = [...entries.values()].filter((entry) => !known.has(entry.job.id) && !isOver(entry.job));
    await Promise.all(others.map(async (entry) => put((await get(pathOf(entry.job.id))).data)));
    await Promise.all([...entries.values()].map((entry) => entry.refresh()));
    return [...entries.values()].some((entry) => !isOver(entry.job)) ? pollRunning : pollIdle;
  }

  async function loadMore() {
    problem.clear();
    try {
      const body = (await get(`/v1/api/jobs?limit=20&cursor=${encodeURIComponent(before)}`)).data;
      body.items.forEach(put);
      before = body.nextCursor;
      more.hidden = before === null;
      if (more.hidden) {
        list.lastElementChild?.querySelector("summary")?.focus();
      }
    } catch (error) {
      problem.bad(error);
    }
  }

  /** A job that is new here takes its place by its id, which begins with its time; none that is here moves. */
  function put(job) {
    const known = entries.get(job.id);
    if (known) {
      known.update(job);
      return known;
    }

    const entry = jobEntry(job, { onCreated: open, onEnded: (ended) => setText(said, `${titleOf(ended)}: ${ended.status}.`) });
    const next = [...entries.values()].filter((other) => other.job.id < job.id).sort((a, b) => (a.job.id < b.job.id ? 1 : -1))[0];
    entries.set(job.id, entry);
    list.insertBefore(entry.element, next?.element ?? null);
    empty.hidden = true;
    return entry;
  }

  /** Shows a job that was just begun. */
  async function open(id) {
    const entry = put((await get(pathOf(id))).data);
    entry.open();
    setText(said, `${titleOf(entry.job)}: begun.`);
  }

  const main = h(
    "main",
    { id: "main", tabIndex: -1 },
    h(
      "div",
      { class: "side" },
      h("section", { class: "conversation", "aria-labelledby": "new-job" }, h("h2", { id: "new-job" }, "New job"), jobForm({ onCreated: open })),
      h("section", { class: "conversation", "aria-labelledby": "resources" }, h("h2", { id: "resources" }, "Agents and widgets"), resources()),
    ),
    h("section", { class: "tabbed jobs", "aria-labelledby": "all-jobs" }, h("h2", { id: "all-jobs" }, "Jobs"), said, problem.element, empty, list, more),
  );
  document.body.append(
    h("a", { class: "skip", href: "#main", onclick: (event) => (event.preventDefault(), main.focus()) }, "Skip to the jobs"),
    h(
      "header",
      { class: "bar" },
      h("div", { class: "who" }, h("h1", null, "Jobs"), h("p", { class: "muted" }, `of ${page.tenant}`)),
      h("div", { class: "state" }, signOutButton("Sign out")),
    ),
    sessionEnded(),
    main,
  );
  let isBehind = false;
  repeat(
    async () => {
      const pause = await load();
      if (isBehind) {
        isBehind = false;
        problem.clear();
      }

      return pause;
    },
    (error) => {
      isBehind = true;
      problem.bad(error);
    },
  );
}

const pathOf = (id) => `/v1/api/jobs/${encodeURIComponent(id)}`;
const titleOf = (job) => jobTypes[job.type]?.title ?? job.type;

function jobEntry(first, { onCreated, onEnded }) {
  const status = h("span", null);
  const share = h("span", { class: "took" });
  const bar = h("progress", { max: 100, value: 0, id: newId("progress") });
  const progress = h("div", { class: "field" }, h("label", { htmlFor: bar.id }, "Progress"), bar);
  const problem = notice();
  const failure = h("p", { class: "notice bad", hidden: true });
  const result = h("dl", { class: "result", hidden: true });
  const files = h("ul", { class: "names", hidden: true });
  const results = jobItems(first.id, "results", "Results");
  const errors = jobItems(first.id, "errors", "Errors");
  const summary = h("summary", null, status, h("span", { class: "trigger" }, titleOf(first)), time(first.createdAt), share);
  const button = (label, path, body) => {
    const element = h("button", { type: "button", onclick: () => busy(element, () => act(path, body)) }, label);
    return element;
  };
  const cancel = button("Cancel", "cancel");
  const again = button("Run again", "rerun", {});
  const onlyFailed = button("Run again what failed", "rerun", { only: "failed" });
  const element = h(
    "details",
    { ontoggle: () => element.open && refresh(true) },
    summary,
    h("div", { class: "row" }, cancel, again, onlyFailed),
    problem.element,
    progress,
    failure,
    result,
    files,
    results.element,
    errors.element,
  );
  let isRead = false;
  const entry = {
    element: h("li", null, element),
    job: first,
    update,
    refresh: () => refresh(false),
    open() {
      element.open = true;
      summary.focus();
    },
  };

  async function act(path, body) {
    problem.clear();
    try {
      const { body: answer } = await call("POST", `${pathOf(first.id)}/${path}`, { body });
      if (path === "cancel") {
        summary.focus();
        update(answer.data);
      } else {
        await onCreated(answer.data.id);
      }
    } catch (error) {
      problem.bad(error);
    }
  }

  /** Reads what is new in the lists of a job that is open; of one that has ended, once. */
  async function refresh(isAsked) {
    if (!element.open || (isRead && !isAsked)) {
      return;
    }

    const wasOver = isOver(entry.job);
    try {
      await Promise.all([results.load(), errors.load()]);
      isRead = wasOver;
    } catch (error) {
      problem.bad(error);
    }
  }

  function update(job) {
    const isNew = entry.job.status !== job.status || status.childElementCount === 0;
    // By whatever answer it is known first, that of a cancel too.
    if (isOver(job) && !isOver(entry.job)) {
      onEnded(job);
    }

    entry.job = job;
    if (isNew) {
      status.replaceChildren(badge(job.status, tones[job.status]));
      cancel.hidden = isOver(job);
      again.hidden = !isOver(job);
      onlyFailed.hidden = !(job.status === "failed" || job.result?.errors > 0);
      failure.hidden = !job.error;
      setText(failure, job.error ?? "");
      showResult(job.result);
    }

    bar.value = job.progress;
    setText(share, `${job.progress} %`);
  }

  function showResult(value) {
    const { files: listed = [], ...others } = value ?? {};
    result.hidden = Object.keys(others).length === 0;
    result.replaceChildren(...Object.entries(others).map(([name, what]) => h("div", null, h("dt", null, name), h("dd", null, textOf(what)))));
    files.hidden = listed.length === 0;
    files.replaceChildren(
      ...listed.map((file) =>
        h(
          "li",
          null,
          h("a", { href: `${pathOf(first.id)}/files/${encodeURIComponent(file.name)}`, download: file.name }, `Download ${file.name}`),
          h("span", { class: "muted" }, `${file.bytes.toLocaleString()} bytes`),
        ),
      ),
    );
  }

  update(first);
  return entry;
}
