// expect: output ["undefined","undefined","undefined","undefined","undefined"]
const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = (function* () {}).constructor;
export default async () => [
  eval("typeof Deno"), (0, eval)("typeof process"), new Function("return typeof Deno")(), await new AsyncFunction("return typeof process")(),
  new GeneratorFunction("return typeof require")().next().value,
];
