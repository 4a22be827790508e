// expect: Threw
// message: Error: nobody catches this
export default () => { Promise.reject(new Error("nobody catches this")); return 1; };
