// expect: output ["EvalError","EvalError","EvalError","EvalError","EvalError","EvalError"]
const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = (function* () {}).constructor;
const nameOf = (make) => {
  try {
    return String(make());
  } catch (error) {
    return error.name;
  }
};
export default () => [
  () => eval("1"), () => (0, eval)("1"), () => new Function("return 1")(), () => new AsyncFunction("return 1"), () => new GeneratorFunction("yield 1"), () => new Function(),
].map(nameOf);
