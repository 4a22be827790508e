// expect: OutOfMemory
export default () => new Uint8Array(4 * 1024 * 1024 * 1024 - 1).fill(1).length;
