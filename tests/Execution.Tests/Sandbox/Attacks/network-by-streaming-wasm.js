// expect: output ["TypeError: network access is not granted","TypeError: network access is not granted"]
export default async () => [
  await WebAssembly.compileStreaming(fetch("http://127.0.0.1:PORT/x.wasm")).catch(String),
  await import("http://127.0.0.1:PORT/x.wasm").then(() => "loaded", () => "TypeError: network access is not granted"),
];
