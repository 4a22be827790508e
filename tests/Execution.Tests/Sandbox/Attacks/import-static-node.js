// expect: InvalidProgram
// message: Blocked by null entry
import { readFileSync } from "node:fs";
export default () => readFileSync("/etc/passwd", "utf8");
