import { get, repeatInto } from "./api.js";
import { badge, busy, h, notice, setText, time } from "./dom.js";
import { sessionEnded, signOutButton } from "./sign-in.js";

/** Milliseconds between two looks at jobs of which one works, and at jobs that have all ended. */
const pollRunning = 1_000;
const pollIdle = 5_000;

const tones = { pending: "busy", running: "busy", processing: "busy", completed: "good", failed: "bad", cancelled: "warn" };

/** Whether nothing about a job changes any more, in the words of either contract. */
export const isOver = (job) => job.completedAt !== null;

/** A job's status, as people read it. */
const statusOf = (job) => job.status.toLowerCase();

/** A job's status in a pill. */
const statusBadge = (job) => badge(statusOf(job), tones[statusOf(job)]);

/** Reads a job of a contract. */
export const readJob = async (contract, id) => contract.bodyOf(await get(contract.pathOf(id)));

/**
 * The jobs of a contract, the latest first, each of which opens to show what came of it. The contract says at which `path` its jobs are, gives what an answer holds by `bodyOf`, a job's path
 * by `pathOf`, a job's title by `titleOf`, and makes an entry of a job: `{ element, job, update, refresh, open }`. `onChanged` is told all jobs whenever one is new or has ended.
 */
export function jobList(contract, { onChanged = () => undefined } = {}) {
  const problem = notice();
  const said = h("p", { class: "muted", role: "status" });
  const list = h("ul", { class: "runs" });
  const empty = h("p", { class: "muted" }, "No job yet.");
  const more = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => busy(more, loadMore) }, "Show earlier jobs");
  const entries = new Map();
  let before;

  const readPage = async (cursor) => contract.bodyOf(await get(`${contract.path}?limit=20${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`));
  const tellChanged = () => onChanged([...entries.values()].map((entry) => entry.job).sort((a, b) => (a.id < b.id ? 1 : -1)));

  /** The latest jobs, and every other one that is shown and has not ended. */
  async function load() {
    const body = await readPage();
    body.items.forEach(put);
    if (before === undefined) {
      before = body.nextCursor;
      more.hidden = before === null;
    }

    const known = new Set(body.items.map((job) => job.id));
    const others = [...entries.values()].filter((entry) => !known.has(entry.job.id) && !isOver(entry.job));
    await Promise.all(others.map(async (entry) => put(await readJob(contract, entry.job.id))));
    await Promise.all([...entries.values()].map((entry) => entry.refresh()));
    return [...entries.values()].some((entry) => !isOver(entry.job)) ? pollRunning : pollIdle;
  }

  async function loadMore() {
    problem.clear();
    try {
      const body = await readPage(before);
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

    const entry = contract.makeEntry(job, { onCreated: open, onEnded });
    const next = [...entries.values()].filter((other) => other.job.id < job.id).sort((a, b) => (a.job.id < b.job.id ? 1 : -1))[0];
    entries.set(job.id, entry);
    list.insertBefore(entry.element, next?.element ?? null);
    empty.hidden = true;
    tellChanged();
    return entry;
  }

  /** An entry calls this before it takes over the job's last state. */
  function onEnded(job) {
    setText(said, `${contract.titleOf(job)}: ${statusOf(job)}.`);
    queueMicrotask(tellChanged);
  }

  /** Shows a job that was just begun. */
  async function open(id) {
    const entry = put(await readJob(contract, id));
    entry.open();
    setText(said, `${contract.titleOf(entry.job)}: begun.`);
  }

  return {
    element: h("section", { class: "tabbed jobs", "aria-labelledby": "all-jobs" }, h("h2", { id: "all-jobs" }, "Jobs"), said, problem.element, empty, list, more),
    open,
    start() {
      repeatInto(problem, load);
    },
  };
}

/** What every entry of a list shows of a job while it is closed, and where its details are: `showStatus` puts a new status there. */
export function jobSummary(job, title, ...more) {
  const status = h("span", null);
  return {
    element: h("summary", null, status, h("span", { class: "trigger" }, title), time(job.createdAt), ...more),
    showStatus: (changed) => status.replaceChildren(statusBadge(changed)),
  };
}

/** Links that save the files of a job which its result lists. */
export const fileLinks = (path, files) =>
  files.map((file) =>
    h(
      "li",
      null,
      h("a", { href: `${path}/files/${encodeURIComponent(file.name)}`, download: file.name }, `Download ${file.name}`),
      h("span", { class: "muted" }, `${file.bytes.toLocaleString()} bytes`),
    ),
  );

/** Draws a page of jobs: its heading and whose they are, what stands beside the list, each a title and an element, and the list. */
export function drawJobsPage({ title, owner, aside, list }) {
  document.title = `${title} · Workspace`;
  const main = h(
    "main",
    { id: "main", tabIndex: -1 },
    h(
      "div",
      { class: "side" },
      ...aside.map(([heading, element], index) => h("section", { class: "conversation", "aria-labelledby": `aside-${index}` }, h("h2", { id: `aside-${index}` }, heading), element)),
    ),
    list.element,
  );
  document.body.append(
    h("a", { class: "skip", href: "#main", onclick: (event) => (event.preventDefault(), main.focus()) }, "Skip to the jobs"),
    h("header", { class: "bar" }, h("div", { class: "who" }, h("h1", null, title), h("p", { class: "muted" }, owner)), h("div", { class: "state" }, signOutButton("Sign out"))),
    sessionEnded(),
    main,
  );
  list.start();
}
