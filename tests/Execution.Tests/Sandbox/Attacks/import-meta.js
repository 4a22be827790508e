// expect: output ["undefined","undefined","object"]
export default () => [typeof import.meta.dirname, typeof import.meta.filename, typeof import.meta];
