// expect: output [true,"manual",true]
"use strict";
export default (input, context) => {
  try { context.trigger = "schedule"; } catch {}
  try { context.secrets.TOKEN = "x"; } catch {}
  return [Object.isFrozen(context) && Object.isFrozen(context.secrets), context.trigger, context.secrets.TOKEN !== "x" && !("constructor" in context.secrets)];
};
