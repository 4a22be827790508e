// expect: InvalidOutput
// message: BigInt
export default () => ({ a: 1n });
