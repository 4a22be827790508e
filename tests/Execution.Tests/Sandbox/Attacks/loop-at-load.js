// expect: OutOfTime
for (;;);
export default () => 1;
