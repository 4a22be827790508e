// expect: Threw
// message: ^null$
export default () => { throw null; };
