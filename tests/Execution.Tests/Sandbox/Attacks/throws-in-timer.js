// expect: Threw
// message: Error: later
export default () => new Promise(() => setTimeout(() => { throw new Error("later"); }));
