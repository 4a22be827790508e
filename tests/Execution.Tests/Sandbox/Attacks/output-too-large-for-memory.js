// expect: OutOfMemory
export default () => { const text = "\u0001".repeat(2 ** 20); return Array(200).fill(text); };
