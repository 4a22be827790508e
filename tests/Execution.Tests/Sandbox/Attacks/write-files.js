// expect: output ["ReferenceError","TypeError","TypeError","undefined","undefined"]
export default async () => [
  await (async () => Deno.writeTextFileSync("HOST/left", "x"))().catch((error) => error.name),
  await (async () => (await import("node:fs")).writeFileSync("HOST/left", "x"))().catch((error) => error.name),
  await (async () => (await import("node:fs/promises")).symlink("/etc/passwd", "HOST/left"))().catch((error) => error.name),
  typeof globalThis.showSaveFilePicker,
  typeof globalThis.FileReader,
];
