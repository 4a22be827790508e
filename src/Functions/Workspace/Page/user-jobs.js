import { analysisResults } from "./analysis-results.js";
import { analysisTypes } from "./analysis-types.js";
import { call, page } from "./api.js";
import { duration, h, notice, setText } from "./dom.js";
import { jobForm } from "./job-form.js";
import { drawJobsPage, fileLinks, isOver, jobList, jobSummary, readJob } from "./job-list.js";

/** Contract 003, whose answers have no envelope, and whose lists are without results. */
const analysis = {
  path: "/api/jobs",
  pathOf: (id) => `/api/jobs/${encodeURIComponent(id)}`,
  bodyOf: (answer) => answer,
  titleOf: (job) => analysisTypes[job.type]?.title ?? job.type,
  makeEntry: userJobEntry,
};

/** The home of a user: forms that begin jobs, and their list. */
export function userJobsPage() {
  const list = jobList(analysis, { onChanged: (jobs) => form.setJobs(jobs) });
  const form = jobForm({ types: analysisTypes, send, create, onCreated: list.open });
  drawJobsPage({ title: "Your jobs", owner: `Signed in as ${page.user}`, aside: [["New job", form.element]], list });
}

async function create(type, input) {
  const { path } = analysisTypes[type];
  return (await call("POST", path ?? analysis.path, { body: path ? input : { type, input } })).body.id;
}

async function send(file) {
  const { body } = await call("POST", "/api/documents", { file });
  return { documentId: body.documentId, name: file.name };
}

function userJobEntry(first, { onEnded }) {
  const took = h("span", { class: "took" });
  const problem = notice();
  const failure = h("p", { class: "notice bad", hidden: true });
  const waiting = h("p", { class: "muted" }, "It has not ended yet.");
  const place = h("div", { class: "run-details" });
  const summary = jobSummary(first, analysis.titleOf(first), took);
  const element = h("details", { ontoggle: () => refresh() }, summary.element, problem.element, failure, waiting, place);
  let shown = null;
  let isReading = false;
  const entry = {
    element: h("li", null, element),
    job: first,
    update,
    refresh,
    open() {
      element.open = true;
      summary.element.focus();
    },
  };

  /** Reads what came of a job that is open and has succeeded, once. */
  async function refresh() {
    if (!element.open || entry.job.status !== "COMPLETED" || isReading || place.hasChildNodes()) {
      return;
    }

    isReading = true;
    try {
      showResult((await readJob(analysis, first.id)).result);
      problem.clear();
    } catch (error) {
      problem.bad(error);
    } finally {
      isReading = false;
    }
  }

  function update(job) {
    if (isOver(job) && !isOver(entry.job)) {
      onEnded(job);
    }

    entry.job = job;
    if (shown !== job.status) {
      shown = job.status;
      summary.showStatus(job);
      waiting.hidden = isOver(job);
      failure.hidden = !job.error;
      setText(failure, job.error ?? "");
    }

    const time = isOver(job) && job.startedAt ? duration(new Date(job.completedAt) - new Date(job.startedAt)) : "";
    setText(took, [job.attempts > 1 ? `attempt ${job.attempts}` : "", time].filter(Boolean).join(", "));
  }

  function showResult(result) {
    const path = analysis.pathOf(first.id);
    place.append(
      ...(analysisResults[first.type]?.(result, path) ?? []).filter(Boolean),
      h(
        "ul",
        { class: "names" },
        ...fileLinks(path, result.files ?? []),
        h("li", null, h("a", { href: path, download: `${first.type.toLowerCase()}-${first.id}.json` }, "Download the job as JSON")),
      ),
    );
  }

  update(first);
  return entry;
}
