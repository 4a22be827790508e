// expect: output []
const inner = (address, type) => `import secret from ${JSON.stringify(address)}${type ? ` with { type: "${type}" }` : ""}; export default secret;`;
export default async () => {
  const open = [];
  for (const [address, type] of [["file://HOST/secret.txt", "text"], ["file://HOST/secret.json", "json"], ["file://HOST/secret.js"], ["file:///etc/passwd", "text"], ["node:fs"], ["http://127.0.0.1:PORT/x.js"]]) {
    const code = inner(address, type);
    const twice = `export { default } from "data:application/javascript,${encodeURIComponent(code)}";`;
    for (const nested of [code, twice]) {
      await import("data:application/javascript," + encodeURIComponent(nested)).then((module) => open.push([address, String(module.default)]), () => {});
      await import("data:application/typescript," + encodeURIComponent(nested)).then((module) => open.push([address, String(module.default)]), () => {});
      await import("data:text/javascript;base64," + btoa(nested)).then((module) => open.push([address, String(module.default)]), () => {});
    }
  }
  if ("createObjectURL" in URL) open.push("blob");
  return open;
};
