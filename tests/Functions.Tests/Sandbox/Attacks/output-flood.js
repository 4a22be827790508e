// expect: OutputTooLarge
export default () => "x".repeat(64 * 1024 * 1024);
