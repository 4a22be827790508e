// expect: output 1
export default () => { setTimeout(() => { throw new Error("late"); }, 500); return 1; };
