// expect: output []
export default async () => {
  const open = [];
  for (const path of ["HOST/secret.txt", "HOST/secret.json", "HOST/secret.js", "HOST/secret.ts", "HOST/link", "/etc/passwd", "/proc/self/environ"]) {
    for (const address of [path, "file://" + path, "FILE://" + path, "file://localhost" + path, "file:" + path, "blob:file://" + path]) {
      for (const type of [undefined, "json", "text", "bytes", "css"]) {
        await import(address, type && { with: { type } }).then((module) => open.push([address, type, String(module.default)]), () => {});
      }
      await fetch(address).then((response) => open.push(["fetch", address, response.status]), () => {});
    }
  }
  return open;
};
