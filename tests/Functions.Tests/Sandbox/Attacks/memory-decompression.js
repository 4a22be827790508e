// expect: OutOfMemory
export default async () => {
  const zeros = new Uint8Array(1024 * 1024);
  const source = new ReadableStream({ pull(controller) { controller.enqueue(zeros); } });
  const bomb = source.pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip"));
  const kept = [];
  for await (const part of bomb) kept.push(part);
};
