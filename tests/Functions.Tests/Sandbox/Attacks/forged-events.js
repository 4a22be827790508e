// expect: output "true"
// The events by which the harness learns of failures cannot be made, and a handler of one's own hides nothing from it.
export default async () => {
  globalThis.dispatchEvent?.(new Event("unload"));
  globalThis.addEventListener?.("beforeunload", () => {});
  return String(typeof PromiseRejectionEvent === "undefined" && typeof ErrorEvent === "undefined");
};
