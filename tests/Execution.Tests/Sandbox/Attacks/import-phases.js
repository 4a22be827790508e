// expect: InvalidProgram
// message: read access
import defer * as secret from "file://HOST/secret.js";
export default () => secret.default;
