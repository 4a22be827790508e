import { call } from "./api.js";
import { busy, field, h, notice } from "./dom.js";

/** Asks for an API key. It goes into the request's body and nowhere else: the server puts it into a cookie that scripts cannot read. */
export function signIn() {
  const key = h("input", { type: "password", name: "apiKey", autocomplete: "off", spellcheck: "false", autocapitalize: "off", required: true, placeholder: "emb_live_…" });
  const button = h("button", { type: "submit", class: "primary" }, "Sign in");
  const problem = notice();
  const form = h(
    "form",
    {
      method: "post",
      action: "/app/session",
      onsubmit: (event) => {
        event.preventDefault();
        problem.clear();
        busy(button, async () => {
          try {
            await call("POST", "/app/session", { body: { apiKey: key.value.trim() } });
            key.value = "";
            location.replace(location.href.split("#")[0]);
          } catch (error) {
            problem.bad(error);
            key.select();
            key.focus();
          }
        });
      },
    },
    field("API key", key, { hint: "Kept for 12 hours in a cookie that no script can read. Sign out to remove it." }),
    problem.element,
    button,
  );
  document.title = "Sign in · Workspace";
  document.body.append(h("main", { class: "card" }, h("h1", null, "Sign in"), h("p", { class: "muted" }, "This workspace belongs to an organisation. Sign in with one of its API keys."), form));
  key.focus();
  comeBack();
}

/** A link on another site brings the browser here without its cookie; asked from here, it sends it. Tried once. */
async function comeBack() {
  const tried = "workspace-came-back";
  try {
    if (sessionStorage.getItem(tried) === null && (await call("GET", "/app/session")).body.signedIn) {
      sessionStorage.setItem(tried, "yes");
      location.replace(location.href);
    } else {
      sessionStorage.removeItem(tried);
    }
  } catch {
    // Then the form is what there is.
  }
}

/** There is nothing at this address for the session. */
export function notFound() {
  document.title = "Not found · Workspace";
  document.body.append(
    h(
      "main",
      { class: "card" },
      h("h1", null, "Nothing here"),
      h("p", { class: "muted" }, "Your organisation has nothing at this address. It may have been deleted, or belong to another organisation."),
      signOutButton("Sign in with another key"),
    ),
  );
}

/** Says that the session has ended, once it has. */
export function sessionEnded() {
  const element = h(
    "p",
    { class: "notice bad", role: "alert", hidden: true },
    "Your session has ended. ",
    h("button", { type: "button", onclick: () => location.reload() }, "Sign in again"),
  );
  document.addEventListener("session-ended", () => {
    element.hidden = false;
  });
  return element;
}

/** Ends the session and asks for a key again. */
export function signOutButton(label) {
  const problem = notice();
  const button = h(
    "button",
    {
      type: "button",
      onclick: () =>
        busy(button, async () => {
          try {
            await call("DELETE", "/app/session");
            location.reload();
          } catch (error) {
            problem.bad(error);
          }
        }),
    },
    label,
  );
  return h("div", { class: "sign-out" }, button, problem.element);
}

