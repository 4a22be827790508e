// Which types of jobs a user can begin, each with the fields of its form. A new type of contract 003 is an entry here.

const formats = ["automatic", "txt", "md", "html", "csv", "json", "docx", "xlsx", "pptx", "pdf"];
const longestName = 200;

/** The formats that a file's content does not tell: its name does. */
const namedFormats = { md: "md", markdown: "md", csv: "csv", htm: "html", html: "html" };

const titleOf = (job) => analysisTypes[job.type].title;
const file = { name: "file", label: "File", kind: "file", hint: "Text, Markdown, HTML, CSV, JSON, Word, Excel, PowerPoint or PDF, of at most 20 MiB." };
const files = { ...file, name: "files", label: "Files", kind: "files" };
const text = { name: "text", label: "Or a text", kind: "text", hint: "Used where no file is chosen." };
const alsoText = { ...text, hint: "Looked at with the files." };
const parsed = { name: "parsed", label: "Documents that were read before", kind: "jobs", types: ["PARSE_DOCUMENT"], titleOf, hint: "Their text is looked at again." };

const formatOf = ({ name }) => namedFormats[name.split(".").at(-1).toLowerCase()];

/** How an input names a file that was sent ahead; without one, the text. What is undefined is not sent. */
const documentOf = (sent, typed) => (sent ? { documentId: sent.documentId, format: formatOf(sent), name: sent.name.slice(0, longestName) } : { text: typed });
const documentsOf = (sent, typed, jobs) => [...sent.map((one) => documentOf(one)), ...(typed === "" ? [] : [documentOf(null, typed)]), ...jobs.map((jobId) => ({ jobId }))];

/** By type, as in job-types.js; `path` is where a job of the type begins, with its input as the body, if it has a route of its own. */
export const analysisTypes = {
  PARSE_DOCUMENT: {
    title: "Read a document",
    about: "Makes text, sections and tables of a file.",
    fields: [file, text, { name: "format", label: "Format", kind: "choice", choices: formats }],
    input: ({ file: sent, text: typed, format }) => ({
      ...(sent ? { documentId: sent.documentId } : { text: typed }),
      format: format !== "automatic" ? format : sent ? formatOf(sent) : undefined,
    }),
  },
  GAP_DETECTION: {
    title: "Compare with requirements",
    about: "Says of each requirement whether a document covers it, and by which words.",
    fields: [file, text, { name: "requirements", label: "Requirements", kind: "lines", hint: "One a line.", required: true }],
    input: ({ file: sent, text: typed, requirements }) => ({ document: documentOf(sent, typed), requirements }),
  },
  RISK_ANALYSIS: {
    title: "Look for risks",
    about: "Finds what documents say about risks, and rates it.",
    fields: [files, alsoText, parsed],
    input: ({ files: sent, text: typed, parsed: jobs }) => ({ documents: documentsOf(sent, typed, jobs) }),
  },
  REPORT_GENERATION: {
    title: "Write a report",
    about: "Joins documents and what was found in them into a report with charts.",
    fields: [
      { name: "title", label: "Title", kind: "text", rows: 1 },
      { name: "jobs", label: "What was found before", kind: "jobs", types: ["PARSE_DOCUMENT", "GAP_DETECTION", "RISK_ANALYSIS"], titleOf, hint: "Each with its documents." },
      files,
      alsoText,
    ],
    input: ({ title, jobs, files: sent, text: typed }) => ({ title: title === "" ? undefined : title, documents: documentsOf(sent, typed, []), jobs }),
  },
  AI_PREVIEW: {
    title: "Try a prompt",
    about: "Shows what a prompt gives. Only for users with the role of admins.",
    path: "/api/admin/prompts/preview",
    fields: [
      { name: "prompt", label: "Prompt", kind: "text", hint: "{{name}} stands for the variable of that name." },
      { name: "variables", label: "Variables", kind: "lines", hint: "name=value, one a line." },
    ],
    input: ({ prompt, variables }) => ({ prompt, variables: Object.fromEntries(variables.map(variableOf)) }),
  },
};

function variableOf(line) {
  const at = line.indexOf("=");
  if (at < 1) {
    throw new Error(`'${line}' is no variable: write name=value.`);
  }

  return [line.slice(0, at).trim(), line.slice(at + 1)];
}
