export default async (input: { amount: number }) => {
  throw new Error(`${input.amount} is too much`);
};
