// expect: InvalidProgram
enum A { B }
export default (): number => 1;
