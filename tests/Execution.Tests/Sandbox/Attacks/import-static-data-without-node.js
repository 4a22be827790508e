// expect: InvalidProgram
// message: cannot import
import one from "data:text/javascript,export default 1";
export default () => one;
