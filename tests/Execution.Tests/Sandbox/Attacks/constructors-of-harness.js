// expect: output ["EvalError","EvalError","EvalError","EvalError"]
const nameOf = (value) => {
  try {
    return value.constructor.constructor("return typeof Deno")();
  } catch (error) {
    return error.name;
  }
};
export default (input, context) => [console.log, fetch, context.constructor, setTimeout].map(nameOf);
