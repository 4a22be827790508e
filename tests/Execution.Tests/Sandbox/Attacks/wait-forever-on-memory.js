// expect: OutOfTime
// The constructor and Atomics are taken away, but a shared memory of WebAssembly has the one, and a module of it can wait:
// (module (memory 1 1 shared) (func (export "f") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
const bytes = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 7, 5, 1, 1, 102, 0, 0, 10, 15, 1, 13, 0, 65, 0, 65, 0, 66, 127, 254, 1, 2, 0, 26, 11,
]);
export default async () => (await WebAssembly.instantiate(bytes)).instance.exports.f();
