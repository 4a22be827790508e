// Elements from text only: nothing that comes from the API is ever parsed as markup, and the page's policy refuses to.

const asProperty = new Set(["value", "checked", "disabled", "hidden", "open", "selected", "tabIndex", "textContent", "htmlFor", "className"]);

/** An element; `props` are attributes, some properties, `on…` listeners; null and false leave an attribute out. Children are nodes or text. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (asProperty.has(name)) {
      element[name] = value ?? "";
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }

  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets an element's text only where it differs, so that a live region speaks once. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

let lastId = 0;

/** An id for an element that another one names. */
export const newId = (prefix) => `${prefix}-${++lastId}`;

/** A label and its control, one under the other, with an optional hint that is read with the control. */
export function field(label, control, { hint, required } = {}) {
  control.id ||= newId("field");
  const children = [h("label", { htmlFor: control.id }, label, required ? h("span", { class: "required", "aria-hidden": "true" }, " required") : null)];
  if (hint) {
    const note = h("p", { class: "hint", id: newId("hint") }, hint);
    control.setAttribute("aria-describedby", note.id);
    children.push(note);
  }

  const problem = h("p", { class: "field-problem", id: newId("problem"), hidden: true });
  control.setAttribute("aria-errormessage", problem.id);
  return h("div", { class: "field" }, ...children, control, problem);
}

/** Says what is wrong with a field; nothing, when there is no message. */
export function setFieldProblem(container, message) {
  const problem = container.querySelector(".field-problem");
  const control = container.querySelector("input, select, textarea");
  setText(problem, message ?? "");
  problem.hidden = !message;
  if (message) {
    control.setAttribute("aria-invalid", "true");
  } else {
    control.removeAttribute("aria-invalid");
  }
}

/** A place near a form for what went wrong or well; it is read out when it changes. */
export function notice() {
  const element = h("p", { class: "notice", role: "status", hidden: true });
  const show = (kind, text) => {
    element.className = `notice ${kind}`;
    element.setAttribute("role", kind === "bad" ? "alert" : "status");
    setText(element, text);
    element.hidden = !text;
  };
  return {
    element,
    bad: (error) => show("bad", error instanceof Error ? error.message : error),
    good: (text) => show("good", text),
    clear: () => show("", ""),
  };
}

/** Runs an action once at a time; while it runs the button says so and does nothing more, but keeps the focus. */
export async function busy(button, action) {
  if (button.getAttribute("aria-disabled") === "true") {
    return undefined;
  }

  button.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-busy", "true");
  try {
    return await action();
  } finally {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
  }
}

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const timeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** A point in time, as the reader's clock has it. */
export function time(iso) {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  return h("time", { datetime: iso, title: dateFormat.format(date) }, (isToday ? timeFormat : dateFormat).format(date));
}

/** Milliseconds in words. */
export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) {
    return "";
  }

  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A word in a coloured pill: the colour says nothing that the word does not. */
export const badge = (word, tone) => h("span", { class: `badge ${tone ?? ""}` }, word);
