import { config } from "./config";

interface Input {
  /** What becomes JSON. */
  csv?: string;
  /** What becomes CSV. */
  rows?: readonly Readonly<Record<string, unknown>>[];
}

type Value = string | number | boolean;

interface Output {
  rows?: Record<string, Value>[];
  csv?: string;
  columns: string[];
  count: number;
}

/** Reads CSV as RFC 4180 has it: fields in quotes may hold delimiters, line ends and doubled quotes. */
function parse(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  let any = false;
  const endRow = () => {
    row.push(field);
    if (row.length > 1 || any) {
      rows.push(row);
    }

    row = [];
    field = "";
    any = false;
  };

  const text = csv.replace(/^\uFEFF/, "");
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (quoted) {
      if (character !== '"') {
        field += character;
      } else if (text.charAt(i + 1) === '"') {
        field += '"';
        i++;
      } else {
        quoted = false;
      }
    } else if (character === '"' && field === "") {
      quoted = any = true;
    } else if (character === config.delimiter) {
      row.push(field);
      field = "";
      any = true;
    } else if (character === "\n" || character === "\r") {
      if (character === "\r" && text.charAt(i + 1) === "\n") {
        i++;
      }

      endRow();
    } else {
      field += character;
      any = true;
    }
  }

  if (quoted) {
    throw new Error("The CSV ends within quotes.");
  }

  if (any || row.length > 0) {
    endRow();
  }

  return rows;
}

/** Numbers and truth values become such where that is wanted, unless it would lose something: "007" stays a text. */
function valueOf(text: string): Value {
  if (config.typedValues && (text === "true" || text === "false")) {
    return text === "true";
  }

  return config.typedValues && text !== "" && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The first row names the columns; a row that is too short has empty fields at its end. */
function toJson(csv: string): Output {
  const [columns = [], ...lines] = parse(csv);
  const rows = lines.map((line) => Object.fromEntries(columns.map((column, index) => [column, valueOf(line[index] ?? "")])));
  return { rows, columns, count: rows.length };
}

/** A field as RFC 4180 has it: in quotes where it holds a delimiter, a quote, a line end or outer blanks. */
function field(value: unknown): string {
  const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const needsQuotes = text.includes(config.delimiter) || /["\r\n]|^\s|\s$/.test(text);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The columns are the names of all rows, in the order in which they first occur. */
function toCsv(rows: readonly Readonly<Record<string, unknown>>[]): Output {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return {
    csv: lines.map((line) => line.map(field).join(config.delimiter) + "\r\n").join(""),
    columns,
    count: rows.length,
  };
}

export default async (input: Input): Promise<Output> => (config.toJson ? toJson(input.csv ?? "") : toCsv(input.rows ?? []));
