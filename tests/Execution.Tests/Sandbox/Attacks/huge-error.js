// expect: Threw
// message: ^Error: x{1900,}…$
export default () => { throw new Error("x".repeat(10_000_000)); };
