// expect: output ["\ufffd",1]
// logs: ^\ufffd\n$
export default () => { console.log("\ud800"); return ["\ud800".toWellFormed(), "\udc00".length]; };
