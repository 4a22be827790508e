// Signs in as a user of the development issuer. The local host adds this to the page where it serves that issuer; nothing that is deployed has it.

import { busy, field, h, notice } from "./dom.js";
import { addWayToSignIn } from "./sign-in.js";

addWayToSignIn((begin) => {
  const user = h("input", { type: "text", name: "sub", autocomplete: "off", spellcheck: "false", autocapitalize: "off", required: true, maxlength: 255, value: "ann" });
  const isAdmin = h("input", { type: "checkbox" });
  const button = h("button", { type: "submit" }, "Sign in as a development user");
  const problem = notice();
  return h(
    "form",
    {
      "aria-label": "Development user",
      onsubmit: (event) => {
        event.preventDefault();
        problem.clear();
        busy(button, async () => {
          try {
            await begin({ accessToken: await issue(user.value, isAdmin.checked ? "admin" : "") });
          } catch (error) {
            problem.bad(error);
          }
        });
      },
    },
    field("User", user, { hint: "Anybody: this machine's own issuer gives a token to whoever asks from here." }),
    h("label", { class: "switch" }, isAdmin, "With the role of admins"),
    problem.element,
    button,
  );
});

async function issue(sub, roles) {
  const response = await fetch("/token", { method: "POST", body: new URLSearchParams({ sub, roles }), cache: "no-store", credentials: "omit" });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error_description);
  }

  return answer.access_token;
}
