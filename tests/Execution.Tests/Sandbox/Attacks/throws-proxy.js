// expect: Threw
// message: cannot be shown
export default () => { throw new Proxy({}, { get() { throw new Error("hostile"); }, getPrototypeOf() { throw new Error("hostile"); } }); };
