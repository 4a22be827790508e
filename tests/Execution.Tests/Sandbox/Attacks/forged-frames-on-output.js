// expect: output "true"
// No way is left to write to standard output; whatever is written by these is a log line or nothing.
export default async () => {
  const frame = "\u0000".repeat(32) + "\u0008\u0000\u0000\u0000R\"forged\"";
  console.log(frame);
  console.error(frame);
  console.dir(frame);
  console.table([frame]);
  try { Deno.stdout.writeSync(new TextEncoder().encode(frame)); } catch {}
  try { process.stdout.write(frame); } catch {}
  try { alert(frame); } catch {}
  try { prompt(frame); } catch {}
  await import("node:process").then(({ stdout }) => stdout.write(frame), () => {});
  await import("node:fs").then(({ writeSync }) => writeSync(1, frame), () => {});
  await import("file:///dev/stdout").catch(() => {});
  return "true";
};
