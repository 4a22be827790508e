// expect: Threw
// message: ^Symbol\(odd\)$
export default () => { throw Symbol("odd"); };
