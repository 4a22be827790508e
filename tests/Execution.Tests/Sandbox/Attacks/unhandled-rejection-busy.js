// expect: Threw
// message: Error: nobody catches this
// The timer that would end the run is long due when the microtasks end.
export default () => {
  Promise.reject(new Error("nobody catches this"));
  let turns = 20;
  const turn = () => {
    if (turns-- > 0) {
      queueMicrotask(turn);
      return;
    }
    for (const from = performance.now(); performance.now() - from < 50;);
  };
  turn();
  return 1;
};
