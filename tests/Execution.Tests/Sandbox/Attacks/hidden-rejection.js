// expect: Threw
// message: not hidden
export default async () => {
  Object.getPrototypeOf(AbortSignal.prototype).addEventListener.call(globalThis, "unhandledrejection", (event) => { event.preventDefault(); event.stopImmediatePropagation(); });
  globalThis.onunhandledrejection = (event) => event.preventDefault();
  Promise.reject(new Error("not hidden"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  return "hidden";
};
