// expect: output "not found"
// Deno's own fetch, looked for on every object that can be reached.
export default async () => {
  const seen = new Set();
  const search = (value, depth) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value) || depth > 6) return undefined;
    seen.add(value);
    if (typeof value === "function" && value !== fetch && value.name === "fetch") return value;
    for (const key of Reflect.ownKeys(value)) {
      const { value: own, get, set } = Object.getOwnPropertyDescriptor(value, key);
      for (const next of [own, get, set]) {
        const found = search(next, depth + 1);
        if (found) return found;
      }
    }
    return search(Object.getPrototypeOf(value), depth + 1);
  };
  return search(globalThis, 0) ? "found" : "not found";
};
