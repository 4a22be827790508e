/** A part of the answer that is returned. */
export interface Field {
  /** What it is called in the output. */
  name: string;
  /** Where it is in the answer, such as "main.temp". */
  path: string;
}

export interface Config {
  /** An admin must grant the agent its host. Empty when each run names an address. */
  address: string;
  /** Whether the input's body is sent, by POST. */
  posts: boolean;
  /** What is returned of the answer; empty for all of it. */
  fields: readonly Field[];
  /** Whether the request carries the secret API_KEY. */
  usesKey: boolean;
}

export const config: Config = {
  address: "https://example.com/weather",
  posts: false,
  fields: [{ name: "temp", path: "main.temp" }],
  usesKey: true,
};
