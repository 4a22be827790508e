// expect: output ["once"]
let times = 0;
export default () => ({ then(resolve) { times++; resolve(["once"]); resolve(["twice"]); setTimeout(() => resolve(["late"])); throw new Error("ignored"); } });
