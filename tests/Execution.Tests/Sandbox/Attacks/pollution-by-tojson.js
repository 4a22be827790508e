// expect: output "all of it is the agent's own"
Object.prototype.toJSON = () => "all of it is the agent's own";
export default () => ({ a: { b: 1 } });
