// expect: OutOfTime
export default () => { for (;;); };
