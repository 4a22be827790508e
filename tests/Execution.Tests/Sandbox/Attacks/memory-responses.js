// expect: OutOfMemory
export default () => { const kept = []; for (;;) kept.push(new Response(new Uint8Array(4 * 1024 * 1024).fill(1))); };
