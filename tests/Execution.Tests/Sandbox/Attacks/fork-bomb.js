// expect: output ["ReferenceError","ReferenceError","TypeError","TypeError"]
export default async () => Promise.all([
  async () => { for (;;) new Deno.Command("/proc/self/exe").spawn(); },
  async () => { for (;;) process.binding("spawn_sync"); },
  async () => { for (;;) (await import("node:cluster")).default.fork(); },
  async () => { for (;;) new (await import("node:worker_threads")).Worker("for(;;);", { eval: true }); },
].map((attempt) => attempt().catch((error) => error.name)));
