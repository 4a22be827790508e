// expect: Threw
// message: Deno is not defined
export default () => Deno.exit(0);
