// expect: InvalidProgram
// message: read access
import secret from "file://HOST/secret.json" with { type: "json" };
export default () => secret;
