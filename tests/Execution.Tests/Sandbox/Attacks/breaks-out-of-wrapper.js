// expect: InvalidProgram
}; globalThis.escaped = true; {
export default () => 1;
