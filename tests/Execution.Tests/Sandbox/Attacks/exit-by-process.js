// expect: Threw
// message: process is not defined
export default () => process.exit(0);
