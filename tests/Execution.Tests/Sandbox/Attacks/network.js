// expect: output ["TypeError: network access is not granted","ReferenceError","ReferenceError","ReferenceError","TypeError","TypeError","ReferenceError"]
export default async () => [
  await fetch("http://127.0.0.1:PORT/").catch((error) => `${error.name}: ${error.message}`),
  ...await Promise.all([
    async () => new WebSocket("ws://127.0.0.1:PORT/"),
    async () => new EventSource("http://127.0.0.1:PORT/"),
    async () => await Deno.connect({ hostname: "127.0.0.1", port: PORT }),
    async () => (await import("node:net")).connect(PORT, "127.0.0.1"),
    async () => (await import("node:http")).get("http://127.0.0.1:PORT/"),
    async () => new XMLHttpRequest(),
  ].map((attempt) => attempt().catch((error) => error.name))),
];
