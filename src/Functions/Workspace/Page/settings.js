import { call, get, page, resourcePath } from "./api.js";
import { busy, field, h, notice, setText, time } from "./dom.js";

/** When the agent runs by itself, what it is granted, and its secrets. `onManifest` is told what the agent says of itself. */
export function settings({ onManifest, onChanged }) {
  const problem = notice();
  const parts = [pause, schedule, webhook, secrets, hosts].map((make) => make({ change }));

  async function load() {
    problem.clear();
    try {
      show(await get(`${resourcePath}/settings`));
    } catch (error) {
      problem.bad(error);
    }
  }

  function show(body) {
    onManifest(body.manifest);
    parts.forEach((part) => part.show(body));
  }

  async function change(patch) {
    show((await call("PATCH", `${resourcePath}/settings`, { body: patch })).body);
    onChanged();
  }

  return { element: h("div", { class: "settings" }, problem.element, ...parts.map((part) => part.element)), load };

  function schedule() {
    const cron = h("input", { type: "text", class: "mono", spellcheck: "false", autocomplete: "off", placeholder: "0 9 * * *" });
    const zones = h("datalist", { id: "time-zones" }, ...(Intl.supportedValuesOf?.("timeZone") ?? []).map((zone) => h("option", { value: zone })));
    const zone = h("input", { type: "text", list: zones.id, spellcheck: "false", autocomplete: "off" });
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
    const next = h("p", { class: "muted", role: "status" });
    const said = notice();
    const save = h("button", { type: "submit", class: "primary" }, "Save schedule");
    const remove = h("button", { type: "button", onclick: () => submit(remove, null) }, "Remove schedule");
    let stored;

    function submit(button, value) {
      said.clear();
      busy(button, async () => {
        try {
          await change({ schedule: value });
          said.good(value ? "Schedule saved." : "Schedule removed.");
          if (!value) {
            cron.focus();
          }
        } catch (error) {
          said.bad(error);
        }
      });
    }

    const form = h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          submit(save, { cron: cron.value.trim(), timeZone: zone.value.trim() });
        },
      },
      field("Cron expression", cron, { hint: "Minute, hour, day, month, weekday; at most once a minute. 0 9 * * * is every day at nine." }),
      field("Time zone", zone),
      zones,
      next,
      said.element,
      h("div", { class: "row" }, save, remove),
    );
    return {
      element: group("Schedule", form),
      show(body) {
        const text = JSON.stringify(body.schedule ?? null);
        if (text !== stored) {
          stored = text;
          cron.value = body.schedule?.cron ?? "";
          zone.value = body.schedule?.timeZone ?? zone.value;
        }

        remove.hidden = !body.schedule;
        next.replaceChildren(...(body.nextRunAt ? ["Next run: ", time(body.nextRunAt)] : [body.schedule ? (body.paused ? "Paused: no next run." : "") : "It does not run by itself."]));
      },
    };
  }

  function pause() {
    const said = notice();
    const box = h("input", { type: "checkbox", role: "switch", id: "paused" });
    box.addEventListener("change", async () => {
      said.clear();
      try {
        await change({ paused: box.checked });
      } catch (error) {
        box.checked = !box.checked;
        said.bad(error);
      }
    });
    return {
      element: group(
        "Pause",
        h("label", { class: "switch", htmlFor: box.id }, box, h("span", null, "Paused: neither schedule nor webhook starts a run")),
        said.element,
      ),
      show(body) {
        box.checked = body.paused;
      },
    };
  }

  function webhook() {
    const said = notice();
    const state = h("p", { class: "muted" });
    const address = h("input", { type: "text", class: "mono", readonly: true, "aria-label": "Webhook address" });
    const copy = h("button", { type: "button", onclick: copyAddress }, "Copy");
    const once = h("div", { class: "once", hidden: true }, h("p", null, "Copy the address now: it is shown only once."), h("div", { class: "row" }, address, copy));
    const create = h("button", { type: "button", class: "primary", onclick: () => act(create, "POST") }, "Create address");
    const remove = h("button", { type: "button", onclick: () => act(remove, "DELETE") }, "Remove address");

    async function copyAddress() {
      address.select();
      try {
        await navigator.clipboard.writeText(address.value);
        said.good("Copied.");
      } catch {
        said.good("Selected: press Ctrl+C to copy.");
      }
    }

    function act(button, method) {
      said.clear();
      busy(button, async () => {
        try {
          const { body } = await call(method, `${resourcePath}/webhook`);
          address.value = body?.url ?? "";
          once.hidden = !body?.url;
          await load();
          onChanged();
          if (method === "DELETE") {
            create.focus();
          } else {
            address.focus();
            address.select();
          }
        } catch (error) {
          said.bad(error);
        }
      });
    }

    return {
      element: group("Webhook", h("p", { class: "hint" }, "A POST to the address starts a run with its body as input."), state, once, said.element, h("div", { class: "row" }, create, remove)),
      show(body) {
        const has = Boolean(body.webhook);
        state.replaceChildren(...(has ? ["It has an address", ", made ", time(body.webhook.createdAt), "."] : ["It has no address."]));
        setText(create, has ? "Replace address" : "Create address");
        remove.hidden = !has;
      },
    };
  }

  function secrets() {
    const said = notice();
    const list = h("ul", { class: "names" });
    const name = h("input", { type: "text", class: "mono", autocomplete: "off", spellcheck: "false", autocapitalize: "characters", required: true, placeholder: "API_TOKEN" });
    const value = h("input", { type: "password", autocomplete: "new-password", required: true });
    const save = h("button", { type: "submit", class: "primary" }, "Save secret");
    const form = h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          said.clear();
          busy(save, async () => {
            try {
              await call("PUT", `${resourcePath}/secrets/${encodeURIComponent(name.value.trim())}`, { body: { value: value.value } });
              said.good(`Saved ${name.value.trim()}.`);
              name.value = "";
              value.value = "";
              name.focus();
              await load();
            } catch (error) {
              said.bad(error);
            }
          });
        },
      },
      field("Name", name),
      field("Value", value, { hint: "It is stored encrypted, and cannot be read again." }),
      said.element,
      save,
    );
    return {
      element: group("Secrets", list, form),
      show(body) {
        const set = body.secrets;
        const missing = (body.manifest?.secrets ?? []).filter((needed) => !set.includes(needed));
        list.replaceChildren(
          ...set.map((item) => {
            const remove = h(
              "button",
              {
                type: "button",
                class: "quiet",
                "aria-label": `Delete ${item}`,
                onclick: () =>
                  busy(remove, async () => {
                    said.clear();
                    try {
                      await call("DELETE", `${resourcePath}/secrets/${encodeURIComponent(item)}`);
                      name.focus();
                      await load();
                    } catch (error) {
                      said.bad(error);
                    }
                  }),
              },
              "Delete",
            );
            return h("li", null, h("code", null, item), remove);
          }),
          ...missing.map((item) =>
            h(
              "li",
              null,
              h("code", null, item),
              h("span", { class: "badge warn" }, "needed, not set"),
              h(
                "button",
                {
                  type: "button",
                  class: "quiet",
                  "aria-label": `Set ${item}`,
                  onclick: () => {
                    name.value = item;
                    value.focus();
                  },
                },
                "Set",
              ),
            ),
          ),
          ...(set.length + missing.length === 0 ? [h("li", { class: "muted" }, "It has none and needs none.")] : []),
        );
      },
    };
  }

  function hosts() {
    const said = notice();
    const isAdmin = page.admin === "true";
    const list = h("ul", { class: "names" });
    const box = h("textarea", { class: "mono", rows: 3, spellcheck: "false" });
    const save = h("button", { type: "submit", class: "primary" }, "Save hosts");
    const form = h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          said.clear();
          busy(save, async () => {
            try {
              await change({ allowedHosts: box.value.split(/[\s,]+/).filter((host) => host !== "") });
              said.good("Hosts saved.");
            } catch (error) {
              said.bad(error);
            }
          });
        },
      },
      field("Hosts that its code may call, one a line", box),
      said.element,
      save,
    );
    let stored;
    return {
      element: group("Allowed hosts", isAdmin ? form : h("div", null, list, h("p", { class: "hint" }, "Only an administrator's key can change them."))),
      show(body) {
        const all = body.allowedHosts;
        list.replaceChildren(...(all.length > 0 ? all.map((host) => h("li", null, h("code", null, host))) : [h("li", { class: "muted" }, "None: its code has no network.")]));
        const text = all.join("\n");
        if (text !== stored) {
          stored = text;
          box.value = text;
        }
      },
    };
  }
}

const group = (title, ...children) => h("section", { class: "group", "aria-label": title }, h("h3", null, title), ...children);
