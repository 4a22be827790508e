// expect: output []
// Every way to write an import, of every address, first, again and twice at once. The input may name more modules than these.
const AsyncFunction = (async () => {}).constructor;
const AsyncGeneratorFunction = (async function* () {}).constructor;
const text = JSON.stringify;
let copies = 0;
// Each copy has an address of its own, which nobody has imported yet.
const data = (code, type = "text/javascript") => `data:${type},${encodeURIComponent(`${code}\n// ${++copies}`)}`;
const base64 = (code) => `data:application/javascript;base64,${btoa(`${code}\n// ${++copies}`)}`;
const kept = (address) => `import * as m from ${text(address)}; globalThis.got(m); export default m;`;

/** What the address itself is asked with: repeating one of these repeats the whole expression. */
const directly = {
  plainly: (address) => import(address),
  asJson: (address) => import(address, { with: { type: "json" } }),
  asText: (address) => import(address, { with: { type: "text" } }),
  asBytes: (address) => import(address, { with: { type: "bytes" } }),
  byEval: (address) => eval(`import(${text(address)})`),
  byIndirectEval: (address) => (0, eval)(`import(${text(address)})`),
  byFunction: (address) => new Function("address", "return import(address)")(address),
  byAsyncFunction: (address) => new AsyncFunction("address", "return await import(address)")(address),
  byAsyncGeneratorFunction: (address) => new AsyncGeneratorFunction("address", "yield await import(address)")(address).next(),
  fromAsyncGenerator: (address) => (async function* () { yield await import(address); })().next(),
  fromTimer: (address) => new Promise((resolve, reject) => setTimeout(() => import(address).then(resolve, reject))),
  fromMicrotask: (address) => new Promise((resolve, reject) => queueMicrotask(() => import(address).then(resolve, reject))),
  // Called by nobody's code, so that no file of the program is the one that asks.
  byEvalOfNobody: (address) => Promise.resolve(`import(${text(address)})`).then(eval),
  byFunctionOfNobody: (address) => Promise.resolve(`return import(${text(address)})`).then(Function).then((load) => load()),
};
/** Addresses of modules that lead to it: it is these that are asked for again. */
const through = {
  static: (address) => data(kept(address)),
  typescript: (address) => data(kept(address), "application/typescript"),
  base64: (address) => base64(kept(address)),
  reexport: (address) => data(`export * from ${text(address)};`),
  reexportOfDefault: (address) => data(`export { default } from ${text(address)};`),
  reexportAsNamespace: (address) => data(`export * as default from ${text(address)};`),
  dynamic: (address) => data(`export default await import(${text(address)});`),
  deferred: (address) => data(`import defer * as m from ${text(address)}; globalThis.got(m.default); export default m;`),
  nested: (address) => data(`export * from ${text(data(kept(address)))};`),
  nestedDynamic: (address) => data(`export default await import(${text(data(kept(address)))});`),
};

export default async (input) => {
  const open = new Set();
  globalThis.got = () => open.add("evaluated");
  const attempt = (name, load) => Promise.resolve().then(load).then(() => open.add(name), () => {});
  const thrice = async (name, load) => {
    await attempt(`${name}, first`, load);
    await attempt(`${name}, again`, load);
    await Promise.all([attempt(`${name}, twice at once`, load), attempt(`${name}, twice at once`, load)]);
  };
  const names = input ?? ["fs", "module", "os", "child_process", "vm", "sqlite", "v8", "zlib", "util"];
  const addresses = [
    ...names.flatMap((name) => [name, `node:${name}`]), ...["npm:left-pad", "jsr:@std/path", "https://127.0.0.1:PORT/x.js", "file:///etc/passwd", "ext:core/ops"],
    // Its own addresses, and what the harness has imported already.
    import.meta.url, `${import.meta.url}#x`, import.meta.url.replace(/[^/]*$/, "00000000-0000-4000-8000-000000000000"), ...(new Error().stack.match(/file:[^)]*harness\.js/) ?? []),
    data("export default 1"), data("1", "application/json"), "data:,",
  ];
  for (const address of addresses) {
    for (const [way, load] of Object.entries(directly)) {
      // One address for the three: what is already known is where it was open.
      await thrice(`${address} ${way}`, () => load(address));
    }
    for (const [way, lead] of Object.entries(through)) {
      const known = lead(address);
      await thrice(`${address} ${way}`, () => import(known));
      const unknown = lead(address);
      await Promise.all([1, 2].map(() => attempt(`${address} ${way}, new and twice at once`, () => import(unknown))));
    }
  }
  if ("createObjectURL" in URL) open.add("createObjectURL");
  // The run goes on.
  await new Promise((resolve) => setTimeout(resolve, 1));
  return [...open];
};
