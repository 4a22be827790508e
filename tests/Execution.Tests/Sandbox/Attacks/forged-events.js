// expect: output "true"
// The events by which the harness learns of failures cannot be made, and a handler of one's own hides nothing from it.
export default async () => {
  try { globalThis.dispatchEvent({ type: "unload" }); } catch {}
  globalThis.addEventListener?.("beforeunload", () => {});
  return String(typeof PromiseRejectionEvent === "undefined" && typeof ErrorEvent === "undefined");
};
