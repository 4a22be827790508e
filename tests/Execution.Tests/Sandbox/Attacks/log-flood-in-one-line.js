// expect: output "done"
// logs: ^xxxxx[\s\S]*\[The logs end here
export default () => { console.log("x".repeat(50 * 1024 * 1024)); return "done"; };
