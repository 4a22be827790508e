// expect: OutOfMemory
export default () => { const kept = []; for (;;) kept.push({ a: kept.length, b: [kept.length] }); };
