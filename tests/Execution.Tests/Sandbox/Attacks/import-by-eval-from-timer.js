// expect: Threw
// message: Code generation from strings disallowed
export default () => new Promise((resolve) => {
  globalThis.resolve = resolve;
  setTimeout(eval, 0, "im" + "port('node:fs').then(globalThis.resolve)");
});
