// expect: Threw
// message: ^undefined$
export default () => { Promise.reject(); return 1; };
