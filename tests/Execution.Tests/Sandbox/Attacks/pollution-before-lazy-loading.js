// expect: output {"reached":[],"timer":"done","status":200}
// Deno loads parts of itself late. What they would use, or pass on, is watched by the agent's code.
const reached = [];
const spy = (object, name) => {
  const original = object[name];
  object[name] = function (...values) {
    for (const value of values) {
      if (typeof value === "object" && value !== null && ("ops" in value || "core" in value || "internals" in value)) reached.push(name);
    }
    return Reflect.apply(original, this, values);
  };
};
const { Reflect: { apply } } = globalThis;
for (const name of ["defineProperty", "defineProperties", "assign", "freeze", "create", "setPrototypeOf", "entries", "keys"]) spy(Object, name);
for (const name of ["Proxy", "Atomics", "WeakMap", "Map", "Set", "Symbol"]) {
  const original = globalThis[name];
  Object.defineProperty(globalThis, name, { configurable: true, get() { if (/ext:|node:/.test(new Error().stack)) reached.push(name); return original; } });
}
export default async () => {
  const timer = await new Promise((resolve) => setTimeout(resolve, 1, "done"));
  const { status } = new Response(new URLSearchParams({ a: "b" }));
  await new Request("https://example.com/", { method: "POST", body: "x", signal: AbortSignal.timeout(1000) }).text();
  await crypto.subtle.digest("SHA-256", new TextEncoder().encode("x"));
  structuredClone(new Map([[1, new Date()]]));
  console.log(new Error("x"), new Headers(), new URL("https://example.com/"), new Proxy({}, {}), [new Map()]);
  performance.now();
  new Intl.NumberFormat("de").format(1);
  return { reached, timer, status };
};
