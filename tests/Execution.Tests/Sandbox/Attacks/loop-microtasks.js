// expect: OutOfTime
export default async () => { for (;;) await null; };
