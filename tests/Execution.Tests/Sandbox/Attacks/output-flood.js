// expect: OutputTooLarge
export default () => "x".repeat(16 * 1024 * 1024);
