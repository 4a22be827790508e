// expect: output []
// What refuses imports is code of Deno's, which runs in this realm: here every way is tried to get into it.
const refused = (address) => import(address).then(() => false, () => true);
export default async () => {
  const open = [];
  const address = "data:text/javascript,export * from 'node:fs'";
  const seen = [];
  const hook = (specifier, context, next) => (seen.push("hook"), { url: specifier, shortCircuit: true });
  const spy = (value) => {
    if (typeof value === "function" || (typeof value === "object" && value !== null && ("resolve" in value || "shortCircuit" in value))) seen.push(typeof value);
  };
  const pollutions = {
    firstOfArrays: [Array.prototype, "0", { get: () => hook, set: spy }],
    firstOfAll: [Object.prototype, "0", { get: () => hook, set: spy }],
    push: [Array.prototype, "push", { value: hook }],
    iterator: [Array.prototype, Symbol.iterator, { value: function* () {} }],
    resolve: [Object.prototype, "resolve", { get: () => hook, set: spy }],
    load: [Object.prototype, "load", { get: () => hook, set: spy }],
    url: [Object.prototype, "url", { get: () => address, set: spy }],
    error: [Object.prototype, "error", { get: () => null, set: spy }],
    format: [Object.prototype, "format", { get: () => "module", set: spy }],
    shortCircuit: [Object.prototype, "shortCircuit", { get: () => true, set: spy }],
    type: [Object.prototype, "type", { get: () => "json", set: spy, enumerable: true }],
    toString: [Error.prototype, "toString", { value: () => "" }],
    stringToString: [String.prototype, "toString", { value: () => "" }],
    prepareStackTrace: [Error, "prepareStackTrace", { value: (error, sites) => (sites.forEach((site) => { spy(site.getThis()); spy(site.getFunction()); }), "") }],
    then: [Object.prototype, "then", { get: () => undefined }],
    call: [Function.prototype, "call", { value: () => null }],
    apply: [Function.prototype, "apply", { value: () => null }],
  };
  for (const [name, [target, key, descriptor]] of Object.entries(pollutions)) {
    const before = Object.getOwnPropertyDescriptor(target, key);
    seen.length = 0;
    Object.defineProperty(target, key, { ...descriptor, configurable: true });
    const results = [refused(address), refused(address), refused("node:fs"), refused(`${address}//${name}`)];
    if (before) Object.defineProperty(target, key, before);
    else delete target[key];
    for (const result of results) if (!await result) open.push(name);
    if (seen.length > 0) open.push(`${name}: ${seen}`);
  }
  // At the end of the stack, wherever it is reached: frame by frame there is more room, for a part of what refuses and then for all of it.
  const attempts = [];
  let count = 0;
  const deep = () => {
    try {
      deep();
    } catch {
      try {
        if (count < 500) attempts[count++] = import(address);
      } catch {
        // Not even a promise came of it.
      }
    }
    throw new RangeError();
  };
  try {
    deep();
  } catch {
    // Now there is room again.
  }
  for (const result of await Promise.allSettled(attempts.filter((attempt) => attempt))) if (result.status === "fulfilled") open.push("deep");
  if (count < 500) open.push("too few attempts");
  return open;
};
