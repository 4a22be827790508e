// expect: OutOfTime
export default () => { throw { get stack() { for (;;); } }; };
