// expect: output []
// The word is in no line of this program: it is put together, and then the code around it.
const word = "im" + "port";
const GeneratorFunction = (function* () {}).constructor;
const AsyncFunction = (async () => {}).constructor;
const AsyncGeneratorFunction = (async function* () {}).constructor;
export default async (input) => {
  const open = [];
  const names = input ?? ["fs", "module", "os", "child_process", "vm", "sqlite", "v8", "zlib", "util"];
  const addresses = names.flatMap((name) => [name, `node:${name}`, `data:text/javascript,export * from ${JSON.stringify(`node:${name}`)}`]);
  for (const address of addresses) {
    const code = `${word}(${JSON.stringify(address)})`;
    const ways = {
      eval: () => eval(code),
      indirectEval: () => (0, eval)(code),
      evalOfReflect: () => Reflect.apply(eval, undefined, [code]),
      evalOfMap: () => [code].map((text) => text).map(eval)[0],
      Function: () => Function(`return ${code}`)(),
      newFunction: () => new Function(`return ${code}`)(),
      defaultOfParameter: () => new Function(`a = ${code}`, "return a")(),
      construct: () => Reflect.construct(Function, [`return ${code}`], Object)(),
      constructor: () => setTimeout.constructor(`return ${code}`)(),
      subclass: () => new (class extends Function {})(`return ${code}`)(),
      async: () => new AsyncFunction(`return await ${code}`)(),
      generator: () => new GeneratorFunction(`yield ${code}`)().next().value,
      asyncGenerator: () => new AsyncGeneratorFunction(`yield await ${code}`)().next(),
      evalOfNobody: () => Promise.resolve(code).then(eval),
      functionOfNobody: () => Promise.resolve(`return ${code}`).then(Function).then((load) => load()),
    };
    for (const [way, load] of Object.entries(ways)) {
      const attempt = () => Promise.resolve().then(load).then((module) => module === undefined || open.push(`${address} ${way}`), () => {});
      await attempt();
      await attempt();
      await Promise.all([attempt(), attempt()]);
    }
  }
  return open;
};
