import { call, page } from "./api.js";
import { busy, h, newId, notice, setText } from "./dom.js";
import { jobForm } from "./job-form.js";
import { jobItems, textOf } from "./job-items.js";
import { drawJobsPage, fileLinks, isOver, jobList, jobSummary } from "./job-list.js";
import { jobTypes } from "./job-types.js";
import { resources } from "./resources.js";

/** Contract 004, whose answers have an envelope. */
const platform = {
  path: "/v1/api/jobs",
  pathOf: (id) => `/v1/api/jobs/${encodeURIComponent(id)}`,
  bodyOf: (answer) => answer.data,
  titleOf: (job) => jobTypes[job.type]?.title ?? job.type,
  makeEntry: jobEntry,
};

/** The home of an organisation: forms that begin jobs, and their list; and the way to its agents and widgets. */
export function jobsPage() {
  const list = jobList(platform);
  const form = jobForm({ types: jobTypes, send, create, onCreated: list.open });
  drawJobsPage({ title: "Jobs", owner: `of ${page.tenant}`, aside: [["New job", form.element], ["Agents and widgets", resources()]], list });
}

async function create(type, input) {
  return (await call("POST", platform.path, { body: { type, input } })).body.data.id;
}

async function send(file) {
  const { body } = await call("POST", "/v1/api/uploads", { file });
  return { uploadId: body.data.uploadId, fileName: file.name };
}

function jobEntry(first, { onCreated, onEnded }) {
  const share = h("span", { class: "took" });
  const bar = h("progress", { max: 100, value: 0, id: newId("progress") });
  const progress = h("div", { class: "field" }, h("label", { htmlFor: bar.id }, "Progress"), bar);
  const problem = notice();
  const failure = h("p", { class: "notice bad", hidden: true });
  const result = h("dl", { class: "result", hidden: true });
  const files = h("ul", { class: "names", hidden: true });
  const results = jobItems(first.id, "results", "Results");
  const errors = jobItems(first.id, "errors", "Errors");
  const summary = jobSummary(first, platform.titleOf(first), share);
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
    summary.element,
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
  let shown = null;
  const entry = {
    element: h("li", null, element),
    job: first,
    update,
    refresh: () => refresh(false),
    open() {
      element.open = true;
      summary.element.focus();
    },
  };

  async function act(path, body) {
    problem.clear();
    try {
      const { body: answer } = await call("POST", `${platform.pathOf(first.id)}/${path}`, { body });
      const job = platform.bodyOf(answer);
      if (path === "cancel") {
        summary.element.focus();
        update(job);
      } else {
        await onCreated(job.id);
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
    // By whatever answer it is known first, that of a cancel too.
    if (isOver(job) && !isOver(entry.job)) {
      onEnded(job);
    }

    entry.job = job;
    if (shown !== job.status) {
      shown = job.status;
      summary.showStatus(job);
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
    files.replaceChildren(...fileLinks(platform.pathOf(first.id), listed));
  }

  update(first);
  return entry;
}
