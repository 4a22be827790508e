// expect: OutOfMemory
export default () => { let text = "x"; for (;;) text += text; };
