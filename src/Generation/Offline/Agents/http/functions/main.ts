import { config } from "./config";

interface Input {
  /** The address where the configuration has none. */
  url?: string;
  /** What is posted. */
  body?: unknown;
  query?: Record<string, string>;
}

type Output = { status: number } & Record<string, unknown>;

/** What a path such as "main.temp" leads to; of a plain name the first property of that name, at whatever depth. */
function find(data: unknown, path: string): unknown {
  const direct = path.split(".").reduce<unknown>((value, name) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined), data);
  if (direct !== undefined || typeof data !== "object" || data === null) {
    return direct;
  }

  for (const value of Object.values(data)) {
    const found = find(value, path);
    if (found !== undefined) {
      return found;
    }
  }

  return undefined;
}

/** Of a page its title and the like, by the names that pages use for them. */
function findInPage(html: string, name: string): string | undefined {
  const text = name === "title"
    ? /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1]
    : [...html.matchAll(/<meta\s[^>]*>/gi)].map((tag) => tag[0]).find((tag) => new RegExp(`(?:name|property)=["'](?:og:)?${name}["']`, "i").test(tag))?.match(/content=["']([^"']*)["']/i)?.[1];
  return text?.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&").trim();
}

/** What the request is sent with. */
function headersOf(context: AgentContext): Record<string, string> {
  const headers: Record<string, string> = { "Accept": "application/json, text/html;q=0.9, */*;q=0.8" };
  if (config.usesKey) {
    const key = context.secrets["API_KEY"];
    if (key === undefined) {
      throw new Error("The secret API_KEY is not set.");
    }

    headers["Authorization"] = `Bearer ${key}`;
  }

  if (config.posts) {
    headers["Content-Type"] = "application/json";
  }

  return headers;
}

export default async (input: Input, context: AgentContext): Promise<Output> => {
  const url = new URL(config.address === "" ? (input.url ?? "") : config.address);
  for (const [name, value] of Object.entries(input.query ?? {})) {
    url.searchParams.set(name, value);
  }

  const headers = headersOf(context);
  const response = await fetch(url, config.posts ? { method: "POST", headers, body: JSON.stringify(input.body ?? {}) } : { method: "GET", headers });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${url.host} answered ${response.status}: ${text.slice(0, 200)}`);
  }

  const isJson = /[/+]json\b/i.test(response.headers.get("content-type") ?? "") || /^\s*[[{]/.test(text);
  const data: unknown = isJson ? JSON.parse(text) : text;
  if (config.fields.length === 0) {
    return { status: response.status, data };
  }

  const output: Output = { status: response.status };
  for (const { name, path } of config.fields) {
    output[name] = (isJson ? find(data, path) : findInPage(text, path)) ?? null;
  }

  return output;
};
