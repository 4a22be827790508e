// expect: output []
// Every name of Node's modules, and the ways to spell one.
const names = ["assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns",
  "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector", "inspector/promises", "module", "net", "os", "path",
  "path/posix", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "sea", "sqlite", "stream", "stream/web", "string_decoder", "sys", "test",
  "timers", "timers/promises", "tls", "trace_events", "tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib", "_http_agent",
  "_http_common", "_tls_wrap", "_stream_duplex", "internal/util", "internal/process/per_thread"];
const spellings = (name) => [name, `node:${name}`, `NODE:${name}`, ` node:${name}`, `node:${name}?x`, `node:${name}#x`, `node:./${name}`, `node:/${name}`,
  `no\tde:${name}`, `node:${name}/`, `node:${encodeURIComponent(name[0]).replace(/./, (c) => "%" + c.charCodeAt(0).toString(16))}${name.slice(1)}`, `deno:${name}`,
  `ext:deno_node/${name}.ts`, `npm:${name}`];
export default async () => {
  const open = [];
  for (const name of names.flatMap(spellings)) {
    await import(name).then(() => open.push(name), () => {});
    await import(`data:application/javascript,import${encodeURIComponent(JSON.stringify(name))}`).then(() => open.push("data " + name), () => {});
  }
  return open;
};
