// expect: Threw
// message: Blocked by null entry
export default async () => (await import("node:child_process")).execSync("cat /etc/passwd").toString();
