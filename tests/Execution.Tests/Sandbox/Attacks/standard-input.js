// expect: output ["ReferenceError","ReferenceError","TypeError","TypeError"]
export default async () => Promise.all([
  async () => Deno.stdin.readSync(new Uint8Array(100)),
  async () => process.stdin.read(),
  async () => (await import("node:fs")).readFileSync(0, "utf8"),
  async () => (await import("file:///dev/stdin", { with: { type: "text" } })).default,
].map((attempt) => attempt().catch((error) => error.name)));
