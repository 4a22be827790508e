// expect: Ended
// message: nothing was left
export default () => new Promise(() => {});
