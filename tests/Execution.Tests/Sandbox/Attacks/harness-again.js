// expect: output [[],[],[],[],[],[]]
// The harness's own address can be known. It is no secret, but cannot be read; nor does it run again.
const again = async (address, type) => Object.keys(await import(address, type && { with: { type } }).catch(() => []));
export default async () => {
  const address = /(file:.*harness\.js)/.exec(new Error().stack)[1];
  return [
    await again(address, "text"), await again(address + "?x"), await again(address + "#x"), await again(address),
    await again(address.replace("harness.js", "import-map.json"), "json"), await again(address.replace("harness.js", "deno"), "text"),
  ];
};
