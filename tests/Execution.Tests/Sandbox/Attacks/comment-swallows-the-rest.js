// expect: InvalidProgram
export default () => 1; /*
