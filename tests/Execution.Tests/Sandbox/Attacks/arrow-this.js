// expect: output ["undefined","undefined"]
export default function () { return [typeof this, typeof (function () { return this; })()]; }
