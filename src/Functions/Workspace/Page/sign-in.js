import { call, page } from "./api.js";
import { busy, field, h, notice } from "./dom.js";

/** Below these addresses are the pages of users; all others are organisations'. */
const userPages = "/app/jobs";

const otherWays = [];

/** Adds a way to sign in to every form: `make` gives its element, and is given what begins a session with `{ apiKey }` or `{ accessToken }`. */
export const addWayToSignIn = (make) => otherWays.push(make);

/** What begins a session. The credential goes into the request's body and nowhere else: the server puts it into a cookie that scripts cannot read. */
function signInForm(onSignedIn) {
  const begin = async (credential) => onSignedIn((await call("POST", "/app/session", { body: credential })).body, credential);
  const credential = h("input", { type: "password", name: "credential", autocomplete: "off", spellcheck: "false", autocapitalize: "off", required: true });
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
            const typed = credential.value.trim();
            await begin(typed.includes(".") ? { accessToken: typed } : { apiKey: typed });
            credential.value = "";
          } catch (error) {
            problem.bad(error);
            credential.select();
            credential.focus();
          }
        });
      },
    },
    field("API key or access token", credential, { hint: "Kept in a cookie that no script can read, for 12 hours or as long as the token is valid. Sign out to remove it." }),
    problem.element,
    button,
  );
  return { element: h("div", { class: "ways" }, form, ...otherWays.map((make) => make(begin))), focus: () => credential.focus() };
}

/** Asks for an API key or an access token. */
export function signIn() {
  const form = signInForm((_, { accessToken }) => {
    const isUsers = location.pathname === userPages || location.pathname.startsWith(`${userPages}/`);
    location.replace(accessToken !== undefined && !isUsers ? userPages : location.href.split("#")[0]);
  });
  document.title = "Sign in · Workspace";
  document.body.append(
    h(
      "main",
      { class: "card" },
      h("h1", null, "Sign in"),
      h("p", { class: "muted" }, "With an API key of your organisation, or as a user with an access token of your identity provider."),
      form.element,
    ),
  );
  form.focus();
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
      h("p", { class: "muted" }, "Nothing of yours is at this address. It may have been deleted, or belong to somebody else."),
      h("p", null, h("a", { href: userPages }, "Your jobs")),
      signOutButton("Sign in as somebody else"),
    ),
  );
}

/** Says that the session has ended, once it has, and begins another in its place: what was typed stays where it is. */
export function sessionEnded() {
  const element = h("section", { class: "session-ended", "aria-label": "Session", hidden: true });
  document.addEventListener("session-ended", () => {
    if (element.hidden) {
      element.replaceChildren(h("p", { class: "notice bad", role: "alert" }, "Your session has ended. Sign in again to go on; what you have typed stays."), signInForm(goOn).element);
      element.hidden = false;
    }
  });

  function goOn(session) {
    if (session.tenant !== page.tenant) {
      // What is shown is somebody else's.
      location.reload();
      return;
    }

    page.csrf = session.csrfToken;
    element.hidden = true;
    element.replaceChildren();
    document.dispatchEvent(new CustomEvent("session-renewed"));
  }

  return element;
}

/** Ends the session and asks to sign in again. */
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

