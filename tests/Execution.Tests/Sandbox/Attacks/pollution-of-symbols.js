// expect: output [1,2]
// Iterators, species and conversions.
Object.defineProperty(Array, Symbol.species, { get() { throw new Error("reached"); } });
Array.prototype[Symbol.iterator] = function* () { yield "forged"; };
Map.prototype[Symbol.iterator] = Set.prototype[Symbol.iterator] = String.prototype[Symbol.iterator] = () => { throw new Error("reached"); };
Object.prototype[Symbol.toPrimitive] = () => { throw new Error("reached"); };
export default () => { console.log("x", [1]); return [1, 2]; };
