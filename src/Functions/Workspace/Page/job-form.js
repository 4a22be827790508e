import { busy, field, h, newId, notice, time } from "./dom.js";

/**
 * A form for each of some types of job, of which one is shown. `send` sends a file ahead and gives what stands for it, `create` begins a job and gives its id, and `onCreated` is called with
 * that. Gives `{ element, setJobs }`: of the jobs that it is told by the latter, fields of the kind `jobs` offer those that have succeeded.
 */
export function jobForm({ types, send, create, onCreated }) {
  const forms = new Map(Object.entries(types).map(([type, entry]) => [type, typeForm(entry, send)]));
  const choice = h("select", { onchange: show }, ...Object.entries(types).map(([type, entry]) => h("option", { value: type }, entry.title)));
  const place = h("div", { class: "fields" });
  const problem = notice();
  const button = h("button", { type: "submit", class: "primary" }, "Begin");
  const form = h("form", { novalidate: true, onsubmit: begin }, field("Type of job", choice), place, problem.element, button);

  function show() {
    problem.clear();
    place.replaceChildren(forms.get(choice.value).element);
  }

  function begin(event) {
    event.preventDefault();
    problem.clear();
    const type = choice.value;
    busy(button, async () => {
      try {
        const input = types[type].input(await forms.get(type).read((name) => problem.good(`Sending ${name} …`)));
        const id = await create(type, input);
        problem.good("The job has begun.");
        onCreated(id);
      } catch (error) {
        problem.bad(error);
      }
    });
  }

  show();
  return { element: form, setJobs: (jobs) => forms.forEach((shown) => shown.setJobs(jobs)) };
}

function typeForm(entry, send) {
  const fields = entry.fields.map((rules) => ({ rules, ...(controls[rules.kind] ?? controls.text)(rules, send) }));
  return {
    element: h("div", { class: "fields" }, h("p", { class: "muted" }, entry.about), ...fields.map(({ rules, control, element }) => element ?? field(rules.label, control, rules))),
    setJobs: (jobs) => fields.forEach((shown) => shown.setJobs?.(jobs)),

    /** The fields' values by name; files are sent ahead, and `onFile` is called with the name of each. */
    async read(onFile) {
      const values = {};
      for (const { rules, read } of fields) {
        values[rules.name] = await read(onFile);
      }

      return values;
    },
  };
}

const controls = {
  choice(rules) {
    const control = h("select", null, ...rules.choices.map((choice) => h("option", { value: choice }, choice)));
    return { control, read: () => control.value };
  },
  text(rules) {
    const control = rules.rows === 1 ? h("input", { type: "text" }) : h("textarea", { rows: rules.rows ?? 5, spellcheck: "false" });
    return { control, read: () => control.value };
  },
  number(rules) {
    const control = h("input", { type: "number", min: rules.min, step: 1, value: rules.value ?? "" });
    return { control, read: () => (control.value === "" ? undefined : Number(control.value)) };
  },
  flag(rules) {
    const control = h("input", { type: "checkbox", checked: rules.value === true });
    return { control, read: () => control.checked };
  },
  lines(rules) {
    const control = h("textarea", { rows: 3, class: "mono", spellcheck: "false", required: rules.required });
    return { control, read: () => control.value.split("\n").map((line) => line.trim()).filter((line) => line !== "") };
  },
  file(rules, send) {
    const control = h("input", { type: "file", accept: rules.accept });
    return { control, read: async (onFile) => (control.files.length === 0 ? null : sendAhead(send, control.files[0], onFile)) };
  },
  files(rules, send) {
    const control = h("input", { type: "file", accept: rules.accept, multiple: true });
    return {
      control,
      async read(onFile) {
        const sent = [];
        for (const file of control.files) {
          sent.push(await sendAhead(send, file, onFile));
        }

        return sent;
      },
    };
  },
  jobs(rules) {
    const hint = h("p", { class: "hint", id: newId("hint") }, rules.hint);
    const list = h("div", { class: "checks" });
    const empty = h("p", { class: "muted" }, "None yet.");
    const boxes = new Map();
    return {
      element: h("fieldset", { "aria-describedby": hint.id }, h("legend", null, rules.label), hint, empty, list),
      read: () => [...boxes].filter(([, box]) => box.checked).map(([id]) => id),

      /** The jobs come the latest first, and none that is offered goes away: whoever is at one of them stays there. */
      setJobs(jobs) {
        jobs
          .filter((job) => job.status === "COMPLETED" && rules.types.includes(job.type))
          .forEach((job, index) => {
            if (!boxes.has(job.id)) {
              const box = h("input", { type: "checkbox" });
              boxes.set(job.id, box);
              list.insertBefore(h("label", { class: "switch" }, box, h("span", null, rules.titleOf(job), " ", h("span", { class: "muted" }, time(job.createdAt)))), list.children[index] ?? null);
            }
          });
        empty.hidden = boxes.size > 0;
      },
    };
  },
};

async function sendAhead(send, file, onFile) {
  onFile(file.name);
  return send(file);
}
