// expect: output []
export default async () => {
  const open = [];
  for (const address of ["http://127.0.0.1:PORT/x.js", "https://127.0.0.1:PORT/x.js", "http://localhost:PORT/x.js", "http://[::1]:PORT/x.js", "//127.0.0.1:PORT/x.js", "https://deno.land/std/version.ts",
    "npm:left-pad", "npm:left-pad@1.3.0", "jsr:@std/path", "https://esm.sh/left-pad", "ws://127.0.0.1:PORT", "git:x", "wasm:x"]) {
    await import(address).then(() => open.push(address), () => {});
  }
  return open;
};
