// expect: Threw
// message: ^\{ stack: 1
export default () => { throw { stack: 1, message: { toString() { throw 1; } } }; };
