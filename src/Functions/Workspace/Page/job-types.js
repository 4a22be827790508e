// Which types of jobs an organisation can begin, each with the fields of its form. A new type of contract 004 is an entry here, one of contract 003 in analysis-types.js.

/**
 * By type: its title, what it does, its fields, and the input that is made of their values. A field's kind says what its value is: `choice` and `text` a text, `number` a number or undefined,
 * `flag` true or false, `lines` the lines that are not empty, `file` and `files` what stands for files that were sent ahead, `{ uploadId, fileName }` for an organisation's and
 * `{ documentId, name }` for a user's, `jobs` the ids of earlier jobs of some `types` that were ticked.
 */
export const jobTypes = {
  import: {
    title: "Import documents",
    about: "Takes the rows of a JSON Lines or CSV file in as documents.",
    fields: [
      { name: "format", label: "Format", kind: "choice", choices: ["jsonl", "csv"] },
      { name: "file", label: "File", kind: "file", accept: ".jsonl,.ndjson,.csv,.json,.txt" },
      { name: "content", label: "Or rows", kind: "text", hint: "Used where no file is chosen." },
    ],
    input: ({ format, file, content }) => (file ? { format, uploadId: file.uploadId } : { format, content }),
  },
  web_crawling: {
    title: "Crawl a site",
    about: "Follows links from the start addresses and keeps each page as a document.",
    fields: [
      { name: "startUrls", label: "Start addresses", kind: "lines", hint: "One a line.", required: true },
      { name: "maxDepth", label: "Links to follow at most", kind: "number", min: 0, value: 3 },
      { name: "maxPages", label: "Pages at most", kind: "number", min: 1, value: 100 },
      { name: "maxSeconds", label: "Seconds at most", kind: "number", min: 1, value: 600 },
      { name: "sameSite", label: "Stay on these sites", kind: "flag", value: true },
    ],
    input: (values) => values,
  },
  document_processing: {
    title: "Process documents",
    about: "Reads files or a text, divides them into parts and keeps them as documents.",
    fields: [
      { name: "files", label: "Files", kind: "files" },
      { name: "title", label: "Or a title", kind: "text", rows: 1 },
      { name: "text", label: "and its text", kind: "text" },
    ],
    input: ({ files, title, text }) => ({ documents: [...files, ...(text === "" ? [] : [{ title, text }])] }),
  },
  batch_embedding: {
    title: "Embed documents",
    about: "Makes the vectors by which documents are found by their meaning.",
    fields: [{ name: "documents", label: "Documents", kind: "lines", hint: "Ids, one a line; none for all." }],
    input: ({ documents }) => (documents.length === 0 ? {} : { documents }),
  },
  export: {
    title: "Export",
    about: "Writes documents, their vectors or jobs into a file.",
    fields: [
      { name: "what", label: "What", kind: "choice", choices: ["documents", "embeddings", "jobs"] },
      { name: "format", label: "Format", kind: "choice", choices: ["jsonl", "csv", "zip"] },
    ],
    input: (values) => values,
  },
};
