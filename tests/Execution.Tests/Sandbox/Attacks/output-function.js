// expect: InvalidOutput
// message: function is not JSON
export default () => () => 1;
