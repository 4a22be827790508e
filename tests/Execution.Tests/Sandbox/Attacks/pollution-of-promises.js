// expect: output "mine"
// The species, the constructor and the "then" of all promises.
class Thief extends Promise { static get [Symbol.species]() { return Thief; } }
Object.defineProperty(Promise, Symbol.species, { get: () => Thief });
Object.defineProperty(Promise.prototype, "constructor", { get: () => Thief });
Promise.resolve = Promise.reject = Promise.all = Promise.race = () => { throw new Error("reached"); };
Promise.prototype.catch = Promise.prototype.finally = function () { throw new Error("reached"); };
export default async () => "mine";
