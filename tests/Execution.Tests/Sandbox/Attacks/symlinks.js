// expect: output ["TypeError","TypeError","ReferenceError"]
export default async () => [
  await import("file://HOST/link", { with: { type: "text" } }).catch((error) => error.name),
  await import("file:///proc/self/root/etc/passwd", { with: { type: "text" } }).catch((error) => error.name),
  await (async () => Deno.symlinkSync("/etc/passwd", "link"))().catch((error) => error.name),
];
