// expect: output ["default",[],[],[],[],[]]
// The harness's own text can be read: it is the main module, and no secret. Nothing beside it can, and it does not run again.
const again = async (address, type) => Object.keys(await import(address, type && { with: { type } }).catch(() => []));
export default async () => {
  const address = /(file:.*harness\.js)/.exec(new Error().stack)[1];
  return [
    (await again(address, "text")).join(), await again(address + "?x"), await again(address + "#x"), await again(address),
    await again(address.replace("harness.js", "import-map.json"), "json"), await again(address.replace("harness.js", "deno"), "text"),
  ];
};
