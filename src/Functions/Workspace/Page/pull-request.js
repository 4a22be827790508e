import { call, get, page, repeatInto } from "./api.js";
import { badge, busy, h, newId, notice, setText } from "./dom.js";
import { lines } from "./highlight.js";
import { sessionEnded, signOutButton } from "./sign-in.js";

/** Milliseconds between two looks at a job that works, and at one that has ended, which somebody else may merge. */
const pollRunning = 2_000;
const pollIdle = 30_000;

/** Hunks with a longer line than so many letters are shown without colours. */
const coloredLength = 1_000;

/** Lines that are drawn at once; files beyond them are drawn when they are opened. */
const drawnLines = 2_000;

const tones = { pending: "busy", running: "busy", completed: "good", failed: "bad", merged: "good" };
const requestTones = { open: "busy", merged: "good", closed: "warn" };
const changes = { added: "good", deleted: "bad", modified: "busy", renamed: "warn" };
const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const jobPath = `/api/jobs/${encodeURIComponent(page.id)}`;

/** Letters that cannot be seen or turn what is beside them around are written out: who reads a change must see what it holds. */
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const reveal = (text) => text.replace(unseen, (letter) => (letter === "\r" ? "␍" : `[U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`));

/** The page of a pull request of our own: what was asked for and done, the check, the log, the diff, and the button that merges it. */
export function pullRequestPage() {
  const title = h("h1", null, "…");
  const state = h("span", { class: "status" });
  const problem = notice();
  const said = notice();
  const instruction = h("p", { class: "instruction" });
  const description = h("p", { class: "description", hidden: true });
  const facts = h("dl", { class: "result" });
  const check = h("p", null, "…");
  const log = h("pre", { class: "code", tabIndex: 0, role: "region", "aria-label": "Log" });
  const why = h("p", { class: "muted", id: newId("why") });
  const merge = h("button", { type: "button", class: "primary", "aria-describedby": why.id, onclick: () => busy(merge, mergeNow).then(showWhetherMergeable) }, "Merge");
  const summary = h("p", { class: "muted", role: "status" });
  const files = h("ul", { class: "runs changes" });
  let shown = "";
  let drawn = "";
  let isMergeable = false;

  async function load() {
    const body = await get(`${jobPath}/pull-request`);
    const key = JSON.stringify(body);
    if (key !== shown) {
      shown = key;
      draw(body);
      setText(log, reveal((await call("GET", `${jobPath}/log`, { text: true })).body) || "Nothing yet.");
    }

    return body.status === "pending" || body.status === "running" ? pollRunning : pollIdle;
  }

  function draw(body) {
    const name = reveal(body.title);
    setText(title, name);
    document.title = `${name} · Pull request`;
    state.replaceChildren(badge(body.status, tones[body.status]));
    setText(instruction, reveal(body.instruction));
    setText(description, reveal(body.description ?? ""));
    description.hidden = !body.description;
    facts.replaceChildren(
      ...[
        ["Repository", body.repository],
        ["From", body.branch],
        ["Into", body.base_ref],
        ["Commit", body.head_sha?.slice(0, 10)],
      ]
        .filter(([, value]) => value)
        .map(([term, value]) => h("div", null, h("dt", null, term), h("dd", { class: "mono" }, h("bdi", null, reveal(value))))),
      h("div", null, h("dt", null, "Pull request"), h("dd", null, badge(body.pr_status ?? "none", requestTones[body.pr_status]))),
    );
    check.replaceChildren(
      ...(body.check === null
        ? ["The repository has no check."]
        : [badge({ true: "passed", false: "failed" }[body.check.passed] ?? "not run", { true: "good", false: "bad" }[body.check.passed]), " ", h("code", null, reveal(body.check.command))]),
    );
    merge.hidden = body.status === "merged";
    setText(why, body.status === "merged" ? `It is merged into ${reveal(body.base_ref)}.` : reveal(body.not_mergeable ?? body.not_merged ?? "Nothing stands in the way as far as is known."));
    isMergeable = body.not_mergeable === null;
    showWhetherMergeable();
    drawFiles(body);
  }

  /** A button that cannot be used keeps its place for the keyboard, and says why. */
  function showWhetherMergeable() {
    if (isMergeable) {
      merge.removeAttribute("aria-disabled");
    } else {
      merge.setAttribute("aria-disabled", "true");
    }
  }

  function drawFiles({ diff, diff_problem }) {
    const key = JSON.stringify(diff);
    if (key === drawn && diff) {
      return;
    }

    drawn = key;
    if (!diff) {
      setText(summary, diff_problem ?? "There is nothing to show yet.");
      files.replaceChildren();
      return;
    }

    const added = diff.files.reduce((sum, file) => sum + file.added, 0);
    const deleted = diff.files.reduce((sum, file) => sum + file.deleted, 0);
    const rest = diff.total - diff.files.length;
    setText(summary, `${diff.total} ${diff.total === 1 ? "file" : "files"} changed, ${added} added and ${deleted} deleted lines.${rest > 0 ? ` The first ${diff.files.length} are shown.` : ""}`);
    let left = drawnLines;
    files.replaceChildren(
      ...diff.files.map((file) => {
        const count = file.patch ? file.patch.split("\n").length : 0;
        const isOpen = count <= left;
        left -= isOpen ? count : 0;
        return h("li", null, fileEntry(file, isOpen));
      }),
    );
  }

  async function mergeNow() {
    said.clear();
    try {
      const { body } = await call("POST", `${jobPath}/merge`);
      said.good(`The pull request is ${body.status}.`);
    } catch (error) {
      said.bad(error);
    }

    await load().catch(() => undefined);
    (merge.hidden ? title : merge).focus();
  }

  title.tabIndex = -1;
  const main = h(
    "main",
    { id: "main", tabIndex: -1, class: "pull-request" },
    h(
      "div",
      { class: "side" },
      section("Description", instruction, description, facts),
      section("Check", check, h("details", null, h("summary", null, "Log"), log)),
      section("Merge", why, said.element, merge),
    ),
    h("section", { class: "tabbed jobs", "aria-labelledby": "changes" }, h("h2", { id: "changes" }, "Changes"), summary, files),
  );
  document.body.append(
    h("a", { class: "skip", href: "#main", onclick: (event) => (event.preventDefault(), main.focus()) }, "Skip to the pull request"),
    h(
      "header",
      { class: "bar" },
      h("div", { class: "who" }, title, h("p", { class: "muted" }, `Pull request of job ${page.id}, ${page.tenant}`)),
      h("div", { class: "state" }, state, h("a", { href: `/app/${encodeURIComponent(page.tenant)}/jobs` }, "Jobs"), signOutButton("Sign out")),
    ),
    sessionEnded(),
    problem.element,
    main,
  );
  repeatInto(problem, load);
}

function section(name, ...children) {
  const heading = h("h2", { id: newId("section") }, name);
  return h("section", { class: "conversation", "aria-labelledby": heading.id }, heading, ...children);
}

/** A file that opens to show its lines. */
function fileEntry(file, isOpen) {
  const path = reveal(file.path);
  const name = file.old_path ? `${reveal(file.old_path)} → ${path}` : path;
  const element = h(
    "details",
    { open: isOpen },
    h(
      "summary",
      null,
      badge(file.change, changes[file.change]),
      h("bdi", { class: "mono" }, name),
      h("span", { class: "took" }, h("span", { class: "added" }, `+${file.added}`), " ", h("span", { class: "deleted" }, `−${file.deleted}`)),
    ),
  );
  const draw = () => {
    if (element.open && element.childElementCount === 1) {
      element.append(
        file.binary
          ? h("p", { class: "muted" }, "A binary file.")
          : file.patch === null
            ? h("p", { class: "muted" }, "Its lines are too many, or too long, to be shown here.")
            : file.patch === ""
              ? h("p", { class: "muted" }, "Its lines are the same.")
              : patchTable(file.patch, file.path.split(".").pop(), name),
      );
    }
  };
  element.addEventListener("toggle", draw);
  draw();
  return element;
}

/** The hunks of a file: of each line its number before and after, what becomes of it, and its text. */
function patchTable(patch, extension, name) {
  const table = h(
    "table",
    null,
    h("caption", { class: "unseen" }, `Lines of ${name}`),
    h("thead", { class: "unseen" }, h("tr", null, ...["Line before", "Line after", "Change", "Text"].map((text) => h("th", { scope: "col" }, text)))),
    ...hunksOf(patch).map((hunk) => hunkRows(hunk, extension)),
  );
  return h("div", { class: "diff", tabIndex: 0, role: "region", "aria-label": `Lines of ${name}` }, table);
}

function hunksOf(patch) {
  const hunks = [];
  for (const line of patch.replace(/\n$/, "").split("\n")) {
    if (hunkHead.test(line) && (hunks.length === 0 || hunks.at(-1).isComplete())) {
      hunks.push(newHunk(line));
    } else if (hunks.length > 0) {
      hunks.at(-1).add(line);
    }
  }

  return hunks;
}

/** A hunk says how many lines it has, so that a line that looks like the head of another is one of its own. */
function newHunk(head) {
  const [, before, beforeCount = "1", after, afterCount = "1"] = hunkHead.exec(head);
  const hunk = { head, before: Number(before), after: Number(after), lines: [] };
  let [old, now] = [Number(beforeCount), Number(afterCount)];
  hunk.isComplete = () => old <= 0 && now <= 0;
  hunk.add = (line) => {
    hunk.lines.push(line);
    old -= line[0] === " " || line[0] === "-" ? 1 : 0;
    now -= line[0] === " " || line[0] === "+" ? 1 : 0;
  };
  return hunk;
}

function hunkRows(hunk, extension) {
  // Colours of each side by itself, since a comment or a text may go over lines.
  const language = hunk.lines.every((line) => line.length <= coloredLength) ? extension : "";
  const colored = (sign) => lines(hunk.lines.filter((line) => line[0] === " " || line[0] === sign).map((line) => reveal(line.slice(1))).join("\n"), language);
  const before = colored("-");
  const after = colored("+");
  let [old, now, oldIndex, nowIndex] = [hunk.before, hunk.after, 0, 0];
  const body = h("tbody", null, h("tr", { class: "hunk" }, h("td", { colspan: 4 }, reveal(hunk.head))));
  for (const line of hunk.lines) {
    const sign = line[0];
    const isOld = sign === "-" || sign === " ";
    const isNew = sign === "+" || sign === " ";
    const text = isNew ? after[nowIndex] : isOld ? before[oldIndex] : undefined;
    body.append(
      h(
        "tr",
        { class: sign === "+" ? "added" : sign === "-" ? "deleted" : isOld ? null : "note" },
        h("td", { class: "number" }, isOld ? String(old) : ""),
        h("td", { class: "number" }, isNew ? String(now) : ""),
        h("td", { class: "sign" }, sign === "+" ? "+" : sign === "-" ? "−" : ""),
        h("td", { class: "text" }, text ?? (isOld || isNew ? "" : reveal(line.replace(/^\\ /, "")))),
      ),
    );
    old += isOld ? 1 : 0;
    oldIndex += isOld ? 1 : 0;
    now += isNew ? 1 : 0;
    nowIndex += isNew ? 1 : 0;
  }

  return body;
}
