// expect: InvalidProgram
// message: cannot import|Blocked by null entry
import { readFileSync } from "data:text/javascript,export * from 'node:fs'";
import * as again from "data:text/javascript,export * from 'node:fs'";
export default () => [typeof readFileSync, Object.keys(again).length];
