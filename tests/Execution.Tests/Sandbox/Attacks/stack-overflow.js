// expect: Threw
// message: RangeError: Maximum call stack
export default function deeper() { return deeper() + 1; }
