// expect: output "done"
// logs: \[The logs end here: a run may write 256 KiB\.\]\n$
export default () => { for (let i = 0; i < 1_000_000; i++) console.log("flood", i); return "done"; };
