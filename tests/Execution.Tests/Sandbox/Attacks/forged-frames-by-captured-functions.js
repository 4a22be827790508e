// expect: output "nothing"
// What the harness's own functions and their callers can be made to give away.
const stolen = [];
Error.prepareStackTrace = (error, sites) => {
  for (const site of sites) {
    for (const get of ["getThis", "getFunction"]) {
      const value = site[get]();
      if (value !== undefined && value !== null) stolen.push(String(value).slice(0, 30));
    }
  }
  return "stack";
};
export default () => {
  new Error().stack;
  console.log({ get x() { return new Error().stack; } });
  for (const value of [console.log, fetch]) {
    for (const name of ["caller", "arguments"]) {
      try { if (value[name] !== undefined && value[name] !== null) stolen.push(name); } catch {}
    }
    if (value.prototype) stolen.push("prototype");
  }
  return stolen.length === 0 ? "nothing" : stolen;
};
