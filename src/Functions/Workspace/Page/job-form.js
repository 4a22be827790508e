import { call } from "./api.js";
import { busy, field, h, notice } from "./dom.js";
import { jobTypes } from "./job-types.js";

/** A form for each type of job, of which one is shown. `onCreated` is called with the id of a job that was begun. */
export function jobForm({ onCreated }) {
  const forms = new Map(Object.entries(jobTypes).map(([type, entry]) => [type, typeForm(entry)]));
  const choice = h("select", { onchange: show }, ...Object.entries(jobTypes).map(([type, entry]) => h("option", { value: type }, entry.title)));
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
        const input = jobTypes[type].input(await forms.get(type).read((name) => problem.good(`Sending ${name} …`)));
        const { body } = await call("POST", "/v1/api/jobs", { body: { type, input } });
        problem.good("The job has begun.");
        onCreated(body.data.id);
      } catch (error) {
        problem.bad(error);
      }
    });
  }

  show();
  return form;
}

function typeForm(entry) {
  const fields = entry.fields.map((rules) => ({ rules, ...(controls[rules.kind] ?? controls.text)(rules) }));
  return {
    element: h("div", { class: "fields" }, h("p", { class: "muted" }, entry.about), ...fields.map(({ rules, control }) => field(rules.label, control, rules))),

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
  file(rules) {
    const control = h("input", { type: "file", accept: rules.accept });
    return { control, read: async (onFile) => (control.files.length === 0 ? null : send(control.files[0], onFile)) };
  },
  files(rules) {
    const control = h("input", { type: "file", accept: rules.accept, multiple: true });
    return {
      control,
      async read(onFile) {
        const sent = [];
        for (const file of control.files) {
          sent.push(await send(file, onFile));
        }

        return sent;
      },
    };
  },
};

async function send(file, onFile) {
  onFile(file.name);
  const { body } = await call("POST", "/v1/api/uploads", { file });
  return { uploadId: body.data.uploadId, fileName: file.name };
}
