import { call, get, repeatInto, resourcePath } from "./api.js";
import { busy, field, h, newId, notice, setText, time } from "./dom.js";

/** Milliseconds between two looks at a build that runs, and at a conversation in which nothing happens. */
const pollRunning = 1_000;
const pollIdle = 10_000;

const who = { prompt: "You", answer: "You", question: "Question", result: "Built", failure: "Failed" };

const steps = {
  queued: "Waiting to start",
  generating: "Writing files",
  waiting_for_input: "Waiting for your answer",
  compiling: "Checking and bundling",
  complete: "Built",
  failed: "Failed",
  compile_failed: "Does not compile",
  cancelled: "Cancelled",
};

/** Messages, the build's progress, and the box for the next answer or change. `onBuilt` is called whenever a build has ended. */
export function conversation({ onBuilt }) {
  const shown = new Map();
  let question = null;
  let job = null;
  let etag = null;
  let stopJob = null;
  let prefilled = "";

  const log = h("ol", { class: "messages", role: "log", "aria-label": "Messages", tabIndex: 0 });
  const earlier = h("button", { type: "button", class: "quiet", hidden: true }, "Show earlier messages");
  const empty = h("p", { class: "muted", hidden: true }, "Nothing was built yet. Say what it should do.");

  const progressBadge = h("span", { class: "badge" });
  const progressText = h("span", { class: "progress-text" });
  const taken = h("p", { class: "hint", hidden: true });
  const failure = h("pre", { class: "build-error", tabIndex: 0, role: "region", "aria-label": "Build error", hidden: true });
  const progress = h("div", { class: "progress", hidden: true }, h("p", { role: "status", "aria-live": "polite" }, progressBadge, " ", progressText), taken, failure);

  const box = h("textarea", { rows: 3, maxlength: 32000 });
  const boxField = field("What should change?", box, { hint: "Enter sends, Shift and Enter begin a new line." });
  const boxLabel = boxField.querySelector("label");
  const choices = h("div", { class: "choices", role: "group", "aria-label": "Suggested answers", hidden: true });
  const send = h("button", { type: "submit", class: "primary" }, "Send");
  const problem = notice();
  const form = h(
    "form",
    {
      class: "composer",
      onsubmit: (event) => {
        event.preventDefault();
        submit(box.value);
      },
    },
    choices,
    boxField,
    problem.element,
    send,
  );
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  earlier.addEventListener("click", () => busy(earlier, showEarlier));

  const titleId = newId("title");
  const element = h("section", { class: "conversation", "aria-labelledby": titleId }, h("h2", { id: titleId }, "Conversation"), earlier, empty, log, progress, form);

  let before = null;

  async function load() {
    const body = await get(`${resourcePath}/messages`);
    const isFirst = shown.size === 0;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    for (const message of body.messages) {
      put(message, (item) => log.append(item));
    }

    if (isFirst) {
      before = body.before;
      earlier.hidden = before === null;
    }

    empty.hidden = shown.size > 0;
    if (isFirst || atEnd) {
      log.scrollTop = log.scrollHeight;
    }

    // The service calls a question open until the build goes on; one that has an answer already is no longer the last message.
    const last = body.messages.at(-1);
    setQuestion(last?.question?.status === "open" ? last : null);
    if (last && last.jobId !== job?.jobId) {
      watch(last.jobId);
    }
  }

  async function showEarlier() {
    try {
      const body = await get(`${resourcePath}/messages?before=${encodeURIComponent(before)}`);
      const first = log.firstChild;
      for (const message of body.messages) {
        put(message, (item) => log.insertBefore(item, first));
      }

      before = body.before;
      earlier.hidden = before === null;
      if (earlier.hidden) {
        log.focus();
      }
    } catch (error) {
      problem.bad(error);
    }
  }

  function put(message, add) {
    if (shown.has(message.messageId)) {
      return;
    }

    const item = h(
      "li",
      { class: `message ${message.role} ${message.type}` },
      h("p", { class: "meta" }, h("strong", null, who[message.type] ?? message.type), " ", time(message.createdAt)),
      h("p", { class: "content" }, message.content),
    );
    shown.set(message.messageId, item);
    add(item);
  }

  function setQuestion(message) {
    if (message?.messageId === question?.messageId) {
      return;
    }

    const hadFocus = choices.contains(document.activeElement);
    question = message;
    choices.replaceChildren(
      ...(question?.question.choices ?? []).map((choice) => h("button", { type: "button", class: "choice", onclick: () => submit(choice) }, choice)),
    );
    choices.hidden = !choices.hasChildNodes();
    setText(boxLabel, question ? `Your answer to “${question.content}”` : "What should change?");
    setText(send, question ? "Answer" : "Send");
    form.classList.toggle("asks", question !== null);
    const suggestion = question?.question.default ?? "";
    // What a person has typed is theirs.
    if (box.value === "" || box.value === prefilled) {
      box.value = suggestion;
      prefilled = suggestion;
    }

    if (hadFocus) {
      box.focus();
    }
  }

  async function submit(text) {
    const content = text.trim();
    problem.clear();
    if (content === "") {
      problem.bad(question ? "Write an answer, or choose one." : "Write what should change.");
      box.focus();
      return;
    }

    if (isRunning(job) && !question) {
      problem.bad("A build is running. Wait until it has ended.");
      return;
    }

    await busy(send, async () => {
      try {
        const { body } = await call("POST", `${resourcePath}/messages`, { body: { content } });
        box.value = "";
        prefilled = "";
        box.focus();
        setQuestion(null);
        watch(body.jobId);
        await load();
      } catch (error) {
        problem.bad(error);
      }
    });
  }

  function watch(jobId) {
    stopJob?.();
    etag = null;
    job = { jobId };
    stopJob = repeatInto(problem, async () => {
      const answer = await call("GET", `/v1/jobs/${encodeURIComponent(jobId)}?include=usage`, { headers: etag ? { "If-None-Match": etag } : {} });
      if (answer.status === 304) {
        return pollRunning;
      }

      etag = answer.headers.get("ETag");
      const earlierStep = job.progress?.step;
      job = answer.body;
      showProgress();
      if (job.progress.step !== earlierStep && (job.progress.step === "waiting_for_input" || !isRunning(job) || job.status === "completed")) {
        await load();
      }

      if (isRunning(job)) {
        return pollRunning;
      }

      onBuilt(job);
      return null;
    });
  }

  function showProgress() {
    const { step, message } = job.progress;
    const build = job.buildStatus;
    progress.hidden = false;
    const failed = job.status === "failed" || build?.status === "FAILED";
    progress.dataset.state = failed ? "failed" : isRunning(job) ? (step === "waiting_for_input" ? "waiting" : "running") : "done";
    progressBadge.className = `badge ${{ failed: "bad", waiting: "warn", running: "busy", done: "good" }[progress.dataset.state]}`;
    setText(progressBadge, steps[step] ?? step);
    // The question itself says what is waited for.
    setText(progressText, step === "waiting_for_input" ? "" : build?.status === "IN_PROGRESS" ? `${message} (${build.phase.toLowerCase().replaceAll("_", " ")})` : message);
    const { inputTokens, outputTokens, cost } = job.usage;
    const tokens = inputTokens + outputTokens;
    setText(taken, `${tokens.toLocaleString()} tokens of the AI model${cost > 0 ? `, cost ${cost.toLocaleString(undefined, { maximumFractionDigits: 4 })}` : ""}`);
    taken.hidden = tokens === 0 && cost === 0;
    const details = job.error ?? build?.failureDetails ?? "";
    setText(failure, details);
    failure.hidden = details === "" || details === message;
  }

  repeatInto(problem, async () => {
    await load();
    return pollIdle;
  });
  return { element };
}

/** True as long as anything about a job can change. */
export function isRunning(job) {
  return job?.status === "pending" || job?.status === "building" || job?.buildStatus?.status === "IN_PROGRESS" || (job !== null && job.status === undefined);
}

