// expect: output {"reached":[]}
// logs: ^a line
// Replaces every method that a careless harness would call, and looks at what it is given.
const reached = [];
const watch = (object, name) => {
  const original = object[name];
  if (typeof original !== "function") return;
  object[name] = function (...values) {
    for (const value of [this, ...values]) {
      if (value instanceof Uint8Array && value.length >= 37) reached.push(name);
    }
    return Reflect.apply(original, this, values);
  };
};
const { apply } = Reflect;
for (const name of Object.getOwnPropertyNames(Array.prototype)) if (name !== "constructor") watch(Array.prototype, name);
for (const prototype of [Object.getPrototypeOf(Uint8Array.prototype), Uint8Array.prototype, ArrayBuffer.prototype, DataView.prototype, TextEncoder.prototype, TextDecoder.prototype, Map.prototype, String.prototype, Promise.prototype, Function.prototype]) {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (name !== "constructor" && typeof descriptor.value === "function" && !(prototype === Function.prototype && name === "apply")) watch(prototype, name);
  }
}
for (const name of ["length", "byteLength", "byteOffset", "buffer"]) {
  Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), name, { get() { reached.push(name); return 0; } });
}
globalThis.Uint8Array = class { constructor() { reached.push("constructor"); } };
JSON.parse = JSON.stringify = () => { reached.push("JSON"); return "\"forged\""; };
export default async () => { console.log("a line"); await fetch("http://x/").catch(() => {}); return { reached }; };
