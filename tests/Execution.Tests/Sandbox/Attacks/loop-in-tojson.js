// expect: OutOfTime
export default () => ({ toJSON() { for (;;); } });
