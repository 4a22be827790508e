import { field, h, newId, setFieldProblem } from "./dom.js";

/**
 * A form for a JSON Schema of type object: a control for each of its properties, and a switch to plain JSON, which is all there is for a schema without properties. The form
 * checks what it must to make JSON of what was typed; the rules of the schema are the service's to check.
 */
export function schemaForm(schema) {
  const properties = Object.entries(isObject(schema?.properties) ? schema.properties : {});
  const required = new Set(Array.isArray(schema?.required) ? schema.required : []);
  const controls = properties.map(([name, rules]) => control(name, isObject(rules) ? rules : {}, required.has(name)));
  const fields = h("div", { class: "fields" }, ...controls.map((entry) => entry.element));
  const raw = h("textarea", { class: "mono", rows: 8, spellcheck: "false" });
  const rawField = field("Input as JSON", raw);
  const toggle = h("input", { type: "checkbox", role: "switch", id: newId("raw") });
  const nothing = h("p", { class: "muted" }, "This agent needs no input.");
  const problem = h("p", { class: "field-problem", role: "alert", hidden: true });
  raw.value = JSON.stringify(isObject(schema?.default) ? schema.default : {}, null, 2);
  const hasForm = properties.length > 0;
  const isClosed = schema?.additionalProperties === false;
  toggle.addEventListener("change", () => {
    say("");
    if (toggle.checked) {
      const { value } = readFields();
      raw.value = JSON.stringify(value, null, 2);
    } else {
      const { value, message } = readRaw();
      if (message) {
        toggle.checked = true;
        setFieldProblem(rawField, message);
        return;
      }

      controls.forEach((entry) => entry.set(value[entry.name]));
    }

    show();
  });

  function show() {
    const isRaw = toggle.checked;
    fields.hidden = isRaw || !hasForm;
    rawField.hidden = !isRaw;
    nothing.hidden = isRaw || hasForm;
  }

  function readFields() {
    const value = {};
    let firstBad = null;
    for (const entry of controls) {
      const { value: content, message } = entry.read();
      setFieldProblem(entry.element, message);
      if (message) {
        firstBad ??= entry.focus;
      } else if (content !== undefined) {
        value[entry.name] = content;
      }
    }

    return { value, firstBad };
  }

  function readRaw() {
    try {
      const value = JSON.parse(raw.value.trim() === "" ? "{}" : raw.value);
      setFieldProblem(rawField, "");
      return isObject(value) ? { value } : { message: "The input must be a JSON object: { … }." };
    } catch (error) {
      return { message: `This is not JSON: ${error.message}` };
    }
  }

  function say(text) {
    problem.textContent = text;
    problem.hidden = text === "";
  }

  if (!hasForm && !isClosed) {
    toggle.checked = true;
  }

  show();
  return {
    element: h(
      "div",
      { class: "schema-form" },
      fields,
      nothing,
      rawField,
      problem,
      h("label", { class: "switch", htmlFor: toggle.id }, toggle, h("span", null, "Write the input as JSON")),
    ),

    /** The input, or null after it has said near the control what is wrong. */
    read() {
      say("");
      if (toggle.checked) {
        const { value, message } = readRaw();
        setFieldProblem(rawField, message);
        if (message) {
          raw.focus();
          return null;
        }

        return value;
      }

      const { value, firstBad } = readFields();
      firstBad?.();
      return firstBad ? null : value;
    },

    /** Says what the service found wrong, each near its control; gives the messages that belong to none. */
    showErrors(errors) {
      const rest = [];
      let first = null;
      for (const { field: path, message } of errors) {
        // "input" and a JSON Pointer, whose first step is the property.
        const name = path.split("/")[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
        const entry = toggle.checked ? undefined : controls.find((candidate) => candidate.name === name);
        if (entry) {
          setFieldProblem(entry.element, message);
          first ??= entry.focus;
        } else {
          rest.push(`${path} ${message}`);
        }
      }

      first?.();
      return rest;
    },
  };
}

function control(name, rules, required) {
  const label = typeof rules.title === "string" ? rules.title : name;
  const hint = typeof rules.description === "string" ? rules.description : undefined;
  const type = [rules.type].flat().find((word) => word !== "null");
  if (Array.isArray(rules.enum)) {
    return choice(name, label, hint, rules, required);
  }

  switch (type) {
    case "boolean":
      return flag(name, label, hint, rules, required);
    case "number":
    case "integer":
      return number(name, label, hint, rules, required, type);
    case "string":
      return text(name, label, hint, rules, required);
    default:
      return jsonText(name, label, hint, rules, required, type);
  }
}

function entryOf(name, element, input, read, set) {
  return { name, element, read, set, focus: () => input.focus() };
}

function choice(name, label, hint, rules, required) {
  const hasDefault = rules.enum.some((value) => same(value, rules.default));
  const options = rules.enum.map((value, index) =>
    h("option", { value: String(index), selected: hasDefault && same(value, rules.default) }, typeof value === "string" ? value : JSON.stringify(value)),
  );
  const select = h("select", { required }, required && hasDefault ? null : h("option", { value: "", selected: !hasDefault }, required ? "Choose…" : "(none)"), ...options);
  return entryOf(
    name,
    field(label, select, { hint, required }),
    select,
    () => (select.value !== "" ? { value: rules.enum[Number(select.value)] } : required ? { message: "Choose one." } : {}),
    (value) => {
      const index = rules.enum.findIndex((item) => same(item, value));
      select.value = index < 0 ? "" : String(index);
    },
  );
}

function flag(name, label, hint, rules, required) {
  const box = h("input", { type: "checkbox", id: newId("field"), checked: rules.default === true });
  const note = hint ? h("p", { class: "hint", id: newId("hint") }, hint) : null;
  box.setAttribute("aria-describedby", note?.id ?? "");
  const element = h("div", { class: "field" }, h("label", { class: "switch", htmlFor: box.id }, box, h("span", null, label)), note, h("p", { class: "field-problem", hidden: true }));
  return entryOf(
    name,
    element,
    box,
    () => (box.checked || required || rules.default !== undefined ? { value: box.checked } : {}),
    (value) => {
      box.checked = value === true;
    },
  );
}

function number(name, label, hint, rules, required, type) {
  const input = h("input", {
    type: "number",
    step: type === "integer" ? "1" : "any",
    min: rules.minimum,
    max: rules.maximum,
    required,
    inputmode: type === "integer" ? "numeric" : "decimal",
    value: typeof rules.default === "number" ? String(rules.default) : "",
  });
  return entryOf(
    name,
    field(label, input, { hint, required }),
    input,
    () => {
      if (input.value.trim() === "") {
        return input.validity.badInput ? { message: "Write a number." } : required ? { message: "Write a number." } : {};
      }

      const value = Number(input.value);
      return Number.isFinite(value) ? { value } : { message: "Write a number." };
    },
    (value) => {
      input.value = typeof value === "number" ? String(value) : "";
    },
  );
}

function text(name, label, hint, rules, required) {
  const isShort = rules.format !== undefined || (typeof rules.maxLength === "number" && rules.maxLength <= 200);
  const kinds = { email: "email", uri: "url", date: "date" };
  const input = isShort
    ? h("input", { type: kinds[rules.format] ?? "text", required })
    : h("textarea", { rows: 3, required });
  input.value = typeof rules.default === "string" ? rules.default : "";
  return entryOf(
    name,
    field(label, input, { hint, required }),
    input,
    () => (input.value === "" && !required ? {} : { value: input.value }),
    (value) => {
      input.value = typeof value === "string" ? value : "";
    },
  );
}

function jsonText(name, label, hint, rules, required, type) {
  const input = h("textarea", { class: "mono", rows: 3, spellcheck: "false", required });
  const say = (value) => (value === undefined ? "" : JSON.stringify(value, null, 2));
  input.value = say(rules.default);
  const kind = type === "array" ? "JSON array, for example [1, 2]" : type === "object" ? 'JSON object, for example { "a": 1 }' : 'JSON, for example 1 or "text"';
  return entryOf(
    name,
    field(label, input, { hint: hint ? `${hint} (${kind})` : kind, required }),
    input,
    () => {
      if (input.value.trim() === "") {
        return required ? { message: "Write JSON." } : {};
      }

      try {
        return { value: JSON.parse(input.value) };
      } catch (error) {
        return { message: `This is not JSON: ${error.message}` };
      }
    },
    (value) => {
      input.value = say(value);
    },
  );
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
