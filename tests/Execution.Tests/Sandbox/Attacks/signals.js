// expect: output ["ReferenceError","ReferenceError","TypeError"]
export default async () => Promise.all([
  async () => Deno.addSignalListener("SIGTERM", () => {}),
  async () => Deno.kill(1, "SIGKILL"),
  async () => (await import("node:process")).kill(1),
].map((attempt) => attempt().catch((error) => error.name)));
