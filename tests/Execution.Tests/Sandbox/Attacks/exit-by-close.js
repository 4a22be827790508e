// expect: Threw
// message: self.close is not a function
export default () => self.close();
