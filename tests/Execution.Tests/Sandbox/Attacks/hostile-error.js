// expect: Threw
// message: cannot be shown
export default () => { throw { get stack() { throw this; }, get message() { throw this; }, toString() { throw this; }, [Symbol.toPrimitive]() { throw this; } }; };
