import { call, get, resourcePath } from "./api.js";
import { h, notice } from "./dom.js";
import { codeBlock } from "./highlight.js";

/** The files of the last build, and one of them to read. */
export function files() {
  const list = h("ul", { class: "file-list" });
  const viewer = h("div", { class: "viewer" });
  const empty = h("p", { class: "muted", hidden: true }, "There are no files yet: they appear with the first build.");
  const problem = notice();
  const layout = h("div", { class: "files" }, h("nav", { "aria-label": "Files" }, list), viewer);
  const buttons = new Map();
  let open = null;

  async function load() {
    problem.clear();
    try {
      const body = await get(`${resourcePath}/files`);
      render(body.files);
      if (body.files.length > 0) {
        await show(body.files.some((file) => file.path === open) ? open : firstOf(body.files));
      }
    } catch (error) {
      problem.bad(error);
    }
  }

  function render(all) {
    const focused = [...buttons].find(([, button]) => button === document.activeElement)?.[0];
    buttons.clear();
    const folders = new Map();
    for (const file of all.toSorted((a, b) => a.path.localeCompare(b.path))) {
      const slash = file.path.lastIndexOf("/");
      const folder = file.path.slice(0, slash + 1);
      const button = h("button", { type: "button", title: `${file.bytes} bytes`, onclick: () => show(file.path) }, file.path.slice(slash + 1));
      buttons.set(file.path, button);
      folders.set(folder, [...(folders.get(folder) ?? []), h("li", null, button)]);
    }

    list.replaceChildren(
      ...[...folders].flatMap(([folder, items]) => (folder === "" ? items : [h("li", { class: "folder" }, h("span", null, folder), h("ul", null, ...items))])),
    );
    empty.hidden = all.length > 0;
    layout.hidden = all.length === 0;
    buttons.get(focused)?.focus();
  }

  async function show(path) {
    open = path;
    for (const [name, button] of buttons) {
      if (name === path) {
        button.setAttribute("aria-current", "true");
      } else {
        button.removeAttribute("aria-current");
      }
    }

    problem.clear();
    try {
      const { body } = await call("GET", `${resourcePath}/files/${path.split("/").map(encodeURIComponent).join("/")}`, { text: true });
      if (open === path) {
        const block = codeBlock(body, path.split(".").pop(), path);
        block.classList.add("numbered");
        viewer.replaceChildren(h("p", { class: "path" }, path), block);
      }
    } catch (error) {
      problem.bad(error);
    }
  }

  const firstOf = (all) => (all.find((file) => /(^|\/)(main\.ts|App\.tsx)$/.test(file.path)) ?? all[0]).path;

  return { element: h("div", null, problem.element, empty, layout), load };
}
