import { get, page, repeat, resourcePath } from "./api.js";
import { conversation } from "./conversation.js";
import { badge, h, setText } from "./dom.js";
import { files } from "./files.js";
import { jobsPage } from "./jobs.js";
import { preview } from "./preview.js";
import { pullRequestPage } from "./pull-request.js";
import { history, runner } from "./runs.js";
import { settings } from "./settings.js";
import { notFound, sessionEnded, signIn, signOutButton } from "./sign-in.js";
import { tabs } from "./tabs.js";
import { userJobsPage } from "./user-jobs.js";

/** Milliseconds between two looks at what the header shows. */
const headerPoll = 15_000;

switch (page.view) {
  case "workspace":
    workspace();
    break;
  case "jobs":
    jobsPage();
    break;
  case "user-jobs":
    userJobsPage();
    break;
  case "pull-request":
    pullRequestPage();
    break;
  case "not-found":
    notFound();
    break;
  default:
    signIn();
}

function workspace() {
  const isAgent = page.kind === "agents";
  const name = h("h1", null, "…");
  const status = h("span", { class: "status" });
  const tokens = h("span", { class: "tokens" });

  async function loadHeader() {
    const body = await get(resourcePath);
    const resource = body.agent ?? body.widget;
    setText(name, resource.name);
    document.title = `${resource.name} · Workspace`;
    if (status.textContent !== resource.status) {
      status.replaceChildren(badge(resource.status, { ACTIVE: "good", PUBLISHED: "good", PAUSED: "warn" }[resource.status]));
    }

    if (!isAgent && resource.status === "PUBLISHED") {
      shown.showPublished();
    }

    const usage = await get("/v1/usage");
    setText(tokens, `${usage.tokens.balance.toLocaleString()} ${usage.tokens.balance === 1 ? "token" : "tokens"}`);
  }

  const ignore = () => undefined;
  const refreshHeader = () => loadHeader().catch(ignore);
  const reader = files();
  const shown = preview({ onPublished: refreshHeader });
  const runs = history();
  const onRun = (changed) => {
    runs.put(changed);
    refreshHeader();
  };
  const run = runner({ onRun });
  const options = settings({ onManifest: (manifest) => run.setManifest(manifest), onChanged: refreshHeader });
  const right = tabs(
    "Workspace",
    isAgent
      ? [
          { name: "run", title: "Run", panel: run.element },
          { name: "runs", title: "History", panel: runs.element, onShow: runs.show },
          { name: "files", title: "Files", panel: reader.element },
          { name: "settings", title: "Settings", panel: options.element, onShow: options.load },
        ]
      : [
          { name: "preview", title: "Preview", panel: shown.element },
          { name: "files", title: "Files", panel: reader.element },
        ],
  );
  const talk = conversation({
    onBuilt: () => {
      reader.load();
      refreshHeader();
      if (isAgent) {
        options.load();
      }
    },
  });

  document.body.append(
    h("a", { class: "skip", href: "#main", onclick: (event) => (event.preventDefault(), main.focus()) }, "Skip to the conversation"),
    h(
      "header",
      { class: "bar" },
      h("div", { class: "who" }, name, h("p", { class: "muted" }, `${isAgent ? "Agent" : "Widget"} of ${page.tenant}`)),
      h("div", { class: "state" }, status, tokens, h("a", { href: `/app/${encodeURIComponent(page.tenant)}/jobs` }, "Jobs"), signOutButton("Sign out")),
    ),
    sessionEnded(),
  );
  const main = h("main", { id: "main", tabIndex: -1 }, talk.element, right.element);
  document.body.append(main);
  right.start();
  reader.load();
  if (isAgent) {
    options.load();
  }

  repeat(async () => {
    await loadHeader();
    return headerPoll;
  });
}
