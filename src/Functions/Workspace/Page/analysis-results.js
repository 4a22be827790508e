import { badge, busy, h, newId } from "./dom.js";

/** Rows of a table that are shown at first, and with each further time: more are for who asks for them. */
const perPage = 100;

/** Characters of a section or cell that are shown in a table, and tables and columns of a document that are: the whole is there to be downloaded. */
const longestText = 1_000;
const mostTables = 20;
const mostColumns = 50;

/** Columns that hold sentences, and scroll rather than become narrow. */
const wide = new Set(["Text", "Evidence", "Requirement"]);

const coverage = { covered: "good", partial: "warn", missing: "bad" };

/** By type, the elements that show a result, of which every word is text. `path` is the job's. */
export const analysisResults = {
  PARSE_DOCUMENT: (result) => [
    figures({ Title: result.title, Format: result.format, Language: result.language, Words: result.words, Pages: result.pages }),
    table(`Sections: ${result.sections.length.toLocaleString()}`, result.sections, {
      Heading: (section) => section.heading,
      Level: (section) => section.level,
      Page: (section) => section.page,
      Text: (section) => cut(result.text.slice(section.start, section.start + section.length).trim()),
    }),
    ...result.tables.slice(0, mostTables).map(documentTable),
    result.tables.length > mostTables ? h("p", { class: "muted" }, `The first ${mostTables} of ${result.tables.length.toLocaleString()} tables are shown.`) : null,
  ],
  GAP_DETECTION: (result) => [
    figures({ Document: result.document.name, Covered: result.covered, Partial: result.partial, Missing: result.missing }),
    method(result),
    table(`Requirements: ${result.findings.length}`, result.findings, {
      Requirement: (finding) => [h("span", { class: "muted" }, finding.requirementId, " "), finding.requirement],
      Status: (finding) => badge(finding.status, coverage[finding.status]),
      Score: (finding) => score(finding.score),
      Evidence: (finding) => [finding.reason, ...finding.evidence.map((evidence) => quote(evidence))],
    }),
  ],
  RISK_ANALYSIS: (result) => [
    figures({ Documents: result.documents.map((document) => document.name).join(", "), "Risks found": result.found }),
    method(result),
    table(`Risks: ${result.findings.length}`, result.findings, {
      Score: (finding) => finding.score,
      Category: (finding) => finding.category,
      Likelihood: (finding) => finding.likelihood,
      Impact: (finding) => finding.impact,
      Evidence: (finding) => [finding.reason, quote(finding.evidence, result.documents)],
    }),
  ],
  REPORT_GENERATION: (result, path) => [
    figures({ Title: result.title, ...Object.fromEntries(Object.entries(result.figures).map(([name, value]) => [wordsOf(name), value])) }),
    ...(result.files?.some((file) => file.name === "report.html") ? reportPage(result.title, `/app${path.slice("/api".length)}/files/report.html`) : []),
  ],
  AI_PREVIEW: (result) => [
    result.method === "template" ? h("p", { class: "muted" }, "No AI is set up here: this is the prompt itself, with its variables filled in.") : null,
    h("pre", { class: "output", tabIndex: 0, "aria-label": "Output" }, result.output),
    result.truncated ? h("p", { class: "muted" }, "The answer was cut off.") : null,
  ],
};

/** A report in a frame that shares nothing with this page: what it was made of was written by others. */
function reportPage(title, address) {
  return [
    h("p", null, h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, "Open the report by itself")),
    h("div", { class: "frame report" }, h("iframe", { src: address, title: `Report: ${title}`, sandbox: true, referrerpolicy: "no-referrer" })),
  ];
}

/** A list of figures, without those that are not there. */
const figures = (values) =>
  h(
    "dl",
    { class: "result" },
    ...Object.entries(values)
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, typeof value === "number" ? value.toLocaleString() : String(value)))),
  );

const method = (result) => h("p", { class: "hint" }, result.method);

/** Rows as a table: by the name of each column what it shows of a row, which is text or nodes; `heads` has other names for the columns. */
function table(title, rows, columns, heads = Object.keys(columns)) {
  const body = h("tbody", null);
  const caption = h("caption", { id: newId("caption") }, title);
  const region = h(
    "div",
    { class: "table", role: "region", tabIndex: 0, "aria-labelledby": caption.id },
    h("table", null, caption, h("thead", null, h("tr", null, ...heads.map((name) => h("th", { scope: "col" }, name)))), body),
  );
  const more = h("button", { type: "button", class: "quiet", onclick: () => busy(more, showMore) }, "Show more rows");

  function showMore() {
    const from = body.rows.length;
    body.append(...rows.slice(from, from + perPage).map((row) => h("tr", null, ...Object.entries(columns).map(([name, show]) => h("td", { class: wide.has(name) ? "long" : null }, show(row))))));
    more.hidden = body.rows.length === rows.length;
    if (more.hidden && from > 0) {
      region.focus();
    }
  }

  showMore();
  return h("div", { class: "items" }, region, more);
}

/** A table of a document, whose first row is its head; rows may be longer than that. */
function documentTable({ page, rows }, index) {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const columns = Array.from({ length: Math.min(width, mostColumns) }, (_, column) => [`${column + 1}`, (row) => cut(row[column] ?? "")]);
  const heads = columns.map((_, column) => cut(rows[0][column] ?? ""));
  const title = [`Table ${index + 1}`, page === null ? null : `page ${page}`, width > mostColumns ? `the first ${mostColumns} of ${width.toLocaleString()} columns` : null].filter(Boolean).join(", ");
  return table(title, rows.slice(1), Object.fromEntries(columns), heads);
}

/** Words of a document, and where they stand; of several documents in which. */
function quote(evidence, documents) {
  const place = [documents?.find((document) => document.id === evidence.document)?.name, evidence.page === null ? null : `page ${evidence.page}`, evidence.heading].filter(Boolean).join(", ");
  return h("blockquote", null, evidence.quote, place === "" ? null : h("footer", { class: "muted" }, place));
}

const score = (value) => value.toLocaleString(undefined, { maximumFractionDigits: 2 });
const cut = (text) => (text.length <= longestText ? text : `${text.slice(0, longestText)}… (${text.length.toLocaleString()} characters)`);

/** A field's name as people write it. */
function wordsOf(name) {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0].toUpperCase() + words.slice(1);
}
