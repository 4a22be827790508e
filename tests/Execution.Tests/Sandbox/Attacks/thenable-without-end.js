// expect: OutOfTime
const more = () => ({ then(resolve) { resolve(more()); } });
export default more;
