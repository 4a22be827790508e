// expect: OutOfTime
export default async () => { for (;;) await new Promise((resolve) => setTimeout(resolve, 0)); };
