// expect: output ["undefined","undefined","undefined","undefined","undefined","undefined"]
export default () => [typeof Deno, typeof process, typeof global, typeof Buffer, typeof navigator, typeof location];
