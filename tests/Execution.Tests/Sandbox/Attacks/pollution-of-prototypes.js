// expect: output {"a":1}
// Setters and getters on the prototypes of everything, under the names and numbers that a harness may read.
for (const prototype of [Object.prototype, Array.prototype, Function.prototype, Promise.prototype]) {
  for (const key of ["0", "1", "36", "kind", "length_", "code", "network", "resolve", "reject", "nonce", "then_", "toJSON_", "value_", "get_", "head", "body", "reading"]) {
    Object.defineProperty(prototype, key, { configurable: true, get() { return 7; }, set() { throw new Error("caught " + key); } });
  }
}
export default () => ({ a: 1 });
