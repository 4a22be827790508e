// expect: output [true,true,"__proto__,\u202egnp.exe,\ud83d\ude00"]
// Escapes, look-alikes and right-to-left marks in names.
export default async () => [
  typeof \u0044eno === "undefined",
  await import("n\u043fde:fs").catch(() => true) === true,
  Object.keys(JSON.parse("{\"__proto__\": 1, \"\u202egnp.exe\": 2, \"\u{1f600}\": 3}")).join(),
];
