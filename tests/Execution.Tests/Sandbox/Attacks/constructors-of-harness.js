// expect: output ["undefined","undefined","undefined","undefined"]
export default (input, context) => [console.log, fetch, context.constructor, setTimeout].map((value) => value.constructor.constructor("return typeof Deno")());
