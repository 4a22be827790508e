// expect: Threw
// message: cannot import anything
export default async () => (await import("node:child_process")).execSync("cat /etc/passwd").toString();
