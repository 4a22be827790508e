// expect: InvalidProgram
// message: read access
import secret from "file://HOST/secret.txt" with { type: "text" };
export default () => secret;
