// expect: output ["UTC"]
export default () => [Intl.DateTimeFormat().resolvedOptions().timeZone];
