// expect: Threw
// message: Could not parse raw JSON|SyntaxError
export default () => JSON.rawJSON("1}, \"forged\": {");
