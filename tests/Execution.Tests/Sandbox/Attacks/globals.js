// expect: output []
const gone = ["Deno", "process", "global", "Buffer", "require", "module", "exports", "__dirname", "__filename", "Worker", "SharedWorker", "ServiceWorker", "WebSocket",
  "WebSocketStream", "WebTransport", "EventSource", "XMLHttpRequest", "BroadcastChannel", "MessageChannel", "MessagePort", "localStorage", "sessionStorage",
  "indexedDB", "caches", "Cache", "CacheStorage", "navigator", "location", "alert", "confirm", "prompt", "close", "closed", "name", "setImmediate", "clearImmediate",
  "reportError", "onerror", "onunhandledrejection", "onload", "onunload", "onbeforeunload", "window", "Window", "postMessage", "importScripts", "GPU", "LockManager",
  "SharedArrayBuffer", "Atomics", "OffscreenCanvas", "FinalizationRegistry", "__bootstrap", "bootstrap", "core", "internals", "gc", "d8", "print", "load", "Storage",
  "createImageBitmap", "Blob", "File", "FormData", "EventTarget", "Event", "ReadableStream", "DecompressionStream", "PerformanceObserver", "ErrorEvent", "PromiseRejectionEvent"];
export default () => {
  const there = gone.filter((name) => name in globalThis);
  for (let object = globalThis; object !== null; object = Object.getPrototypeOf(object)) {
    for (const key of Reflect.ownKeys(object)) {
      const value = Object.getOwnPropertyDescriptor(object, key).value;
      if (typeof value === "object" && value !== null && (value.stdin || value.env || value.core || value.ops || value.internal)) there.push(String(key));
    }
  }
  return there;
};
