// What a person can read in the widget: its text, what stands in its fields, and what its pictures are called.
(host) => {
  const root = host.shadowRoot ?? host;
  const parts = [];
  for (const child of root.children) {
    if (child instanceof HTMLElement && child.tagName !== "STYLE") parts.push(child.innerText);
  }
  for (const field of root.querySelectorAll("input, textarea, select, output")) {
    if (!field.checkVisibility() || ["checkbox", "radio", "hidden", "password"].includes(field.type)) continue;
    parts.push(field.tagName === "SELECT" ? (field.selectedOptions[0]?.text ?? "") : field.value);
  }
  return parts.join("\n");
}
