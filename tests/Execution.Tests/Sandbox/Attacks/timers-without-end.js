// expect: OutOfTime
export default () => new Promise(() => { for (let i = 0; i < 1000; i++) setInterval(() => {}, 1); });
