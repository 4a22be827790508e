// expect: OutOfMemory
export default () => { const kept = []; for (let i = 0; ; i++) kept.push(i.toString().padStart(1024 * 1024, "x")); };
